package dev.millrace.runtime.channel;

import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Notices from a coordinator in the same process; the order itself is read where it lies. */
public final class InProcessOrderSource implements OrderSource {
  private final BlockingQueue<OrderNotice> notices;
  private final Reader reader;

  /** Reads an order in the intermediate bucket. */
  @FunctionalInterface
  public interface Reader {
    /** The order's bytes; empty when nothing is there or it is not of an order's form. */
    Optional<SignedBytes> read(OrderNotice notice) throws IOException;
  }

  /**
   * @param noticesMax how many may wait; more are dropped, since another source finds the order
   */
  public InProcessOrderSource(Reader reader, int noticesMax) {
    this.reader = reader;
    this.notices = new ArrayBlockingQueue<>(noticesMax);
  }

  /** Says that an order may be there; false when too many wait already. Never blocks. */
  public boolean offer(OrderNotice notice) {
    return notices.offer(notice);
  }

  @Override
  public List<OrderNotice> await(Duration longest) throws InterruptedException {
    OrderNotice first = notices.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      return List.of();
    }
    List<OrderNotice> all = new ArrayList<>();
    all.add(first);
    notices.drainTo(all);
    return all;
  }

  @Override
  public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    return reader.read(notice);
  }
}
