package dev.millrace.orch.intake;

import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How fast notices come. While they pour in, keeping them comes first: a source waits for each to
 * be durable, and nobody waits for a look at an object whose notice is.
 */
public final class Inflow {
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();
  private static final int FLOOD = 250;

  private final Ticker ticker;
  private final ReentrantLock counting = new ReentrantLock();
  private long began;
  private long before;
  private long now;

  public Inflow(Ticker ticker) {
    this.ticker = ticker;
    this.began = ticker.nanos();
  }

  /** So many came. */
  void came(int notices) {
    counting.lock();
    try {
      turn();
      now += notices;
    } finally {
      counting.unlock();
    }
  }

  /** Whether more than a thousand a second came just now, or before. */
  boolean pours() {
    counting.lock();
    try {
      turn();
      return Math.max(before, now) > FLOOD;
    } finally {
      counting.unlock();
    }
  }

  private void turn() {
    long passed = (ticker.nanos() - began) / WINDOW_NANOS;
    if (passed > 0) {
      before = passed == 1 ? now : 0;
      now = 0;
      began += passed * WINDOW_NANOS;
    }
  }
}
