package dev.millrace.runtime.unit;

import java.time.Duration;

/**
 * How often and after what pauses a remote call is made again.
 *
 * @param tries in all, 1 or more
 * @param first pause; each later one is twice as long, up to {@code longest}
 */
public record Backoff(int tries, Duration first, Duration longest) {
  /** Eight tries over about half a minute. */
  public static final Backoff DEFAULT =
      new Backoff(8, Duration.ofMillis(200), Duration.ofSeconds(10));

  public Backoff {
    if (tries < 1 || first.isNegative() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("backoff needs tries >= 1 and 0 <= first <= longest");
    }
  }

  /** Waits after that many failed tries. */
  void pause(int failed) throws InterruptedException {
    Duration wait = first;
    for (int i = 1; i < failed && wait.compareTo(longest) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    Thread.sleep(wait.compareTo(longest) < 0 ? wait : longest);
  }
}
