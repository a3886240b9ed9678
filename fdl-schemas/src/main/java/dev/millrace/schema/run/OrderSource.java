package dev.millrace.schema.run;

import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a provider learns of orders and reads them; it may say the same one twice, or none for long.
 */
public interface OrderSource {
  /** Waits for notices; an empty list when none came in that time. */
  List<OrderNotice> await(Duration longest) throws IOException, InterruptedException;

  /** The order's bytes; empty when nothing is there any more or it is not of an order's form. */
  Optional<SignedBytes> read(OrderNotice notice) throws IOException;

  /** Says that a notice will not be read. */
  default void skip(OrderNotice notice) {}
}
