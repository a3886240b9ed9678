package dev.millrace.schema.function;

import java.time.Duration;

/**
 * How often a failed job is tried again.
 *
 * @param attempts tries in all, 1 to 100
 * @param delay before the second try; doubles for each one after that, up to {@code delayMax}
 */
public record RetryRule(int attempts, Duration delay, Duration delayMax) {
  /** Three tries, after 2 s and 4 s. */
  public static final RetryRule DEFAULT =
      new RetryRule(3, Duration.ofSeconds(2), Duration.ofMinutes(5));

  public RetryRule {
    if (attempts < 1 || attempts > 100) {
      throw new IllegalArgumentException("retry.attempts must be 1..100: " + attempts);
    }
    if (delay.isNegative() || delayMax.compareTo(delay) < 0) {
      throw new IllegalArgumentException("retry.delay must be 0..delayMax: " + delay);
    }
  }

  /** How long to wait after this many tries. */
  public Duration after(int tries) {
    Duration wait = delay;
    for (int i = 1; i < tries && wait.compareTo(delayMax) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(delayMax) < 0 ? wait : delayMax;
  }
}
