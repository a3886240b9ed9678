package dev.millrace.orch.intake;

import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many sources wait at once for their notices to be durable. While many do, keeping notices
 * comes first: nobody waits for a look at an object whose notice is kept.
 */
public final class Inflow {
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();
  private static final int MANY = 8;

  private final Ticker ticker;
  private final ReentrantLock counting = new ReentrantLock();
  private long began;
  private int waiting;
  private int mostBefore;
  private int most;

  public Inflow(Ticker ticker) {
    this.ticker = ticker;
    this.began = ticker.nanos();
  }

  /** A source hands something over. */
  void begins() {
    counting.lock();
    try {
      turn();
      waiting++;
      most = Math.max(most, waiting);
    } finally {
      counting.unlock();
    }
  }

  /** What it handed over is kept, or will not be. */
  void ends() {
    counting.lock();
    try {
      turn();
      waiting--;
    } finally {
      counting.unlock();
    }
  }

  /** Whether many wait at once, or did within the last quarter of a second. */
  boolean pours() {
    counting.lock();
    try {
      turn();
      return Math.max(mostBefore, most) >= MANY;
    } finally {
      counting.unlock();
    }
  }

  private void turn() {
    long passed = (ticker.nanos() - began) / WINDOW_NANOS;
    if (passed > 0) {
      mostBefore = passed == 1 ? most : waiting;
      most = waiting;
      began += passed * WINDOW_NANOS;
    }
  }
}
