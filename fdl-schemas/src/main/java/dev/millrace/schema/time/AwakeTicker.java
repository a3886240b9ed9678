package dev.millrace.schema.time;

import java.time.Duration;

/**
 * Another ticker's time without the standstills of whoever reads this one: from one reading to the
 * next, a stride counts at most. Who was stopped itself (a signal, a frozen machine, a disk that
 * stalls) has heard nobody meanwhile, and must not take that time for the silence of others. Read
 * less often than once a stride it goes slower than the other, never faster, and it never stands.
 * Begins at 0. Thread-safe.
 */
public final class AwakeTicker implements Ticker {
  private final Ticker ticker;
  private final long strideNanos;
  private long readAt;
  private long awake;

  /**
   * @param stride more than the pause between two readings of one who is awake
   */
  public AwakeTicker(Ticker ticker, Duration stride) {
    if (!stride.isPositive()) {
      throw new IllegalArgumentException("stride must be positive: " + stride);
    }
    this.ticker = ticker;
    this.strideNanos = stride.toNanos();
    this.readAt = ticker.nanos();
  }

  @Override
  public synchronized long nanos() {
    long now = ticker.nanos();
    awake += Math.min(now - readAt, strideNanos);
    readAt = now;
    return awake;
  }
}
