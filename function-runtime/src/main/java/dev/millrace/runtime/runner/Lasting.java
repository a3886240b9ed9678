package dev.millrace.runtime.runner;

import java.time.Duration;

/** How long what a runner starts may last. */
public sealed interface Lasting {
  /** As long as its lease is renewed. */
  record Renewing() implements Lasting {}

  /**
   * Never longer than this, whether anyone renews or not.
   *
   * @param limit more than zero
   */
  record Fixed(Duration limit) implements Lasting {
    public Fixed {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException("a runner's fixed duration must be more than 0");
      }
    }
  }
}
