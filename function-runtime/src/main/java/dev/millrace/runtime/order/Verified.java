package dev.millrace.runtime.order;

import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;

/** What became of an order that was looked at. */
public sealed interface Verified {
  /**
   * It may be claimed.
   *
   * @param signed the bytes that it was read from, as they were found
   */
  record Valid(Order order, SignedBytes signed) implements Verified {}

  /** It is not for here, and is left alone. */
  record Invalid(String reason) implements Verified {}
}
