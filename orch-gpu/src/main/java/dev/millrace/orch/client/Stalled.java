package dev.millrace.orch.client;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;

/** A connection that was open and on which nothing moved any more. Another try may pass. */
public final class Stalled extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean whole;

  /**
   * @param whole whether all bytes were on their way, so that the store may have done what it was
   *     asked
   */
  Stalled(String what, Duration limit, boolean whole) {
    super(
        what
            + " stalled: the connection is open, and nothing moved on it for "
            + limit.toMillis() / 1000.0
            + " s");
    this.whole = whole;
  }

  /** The same of a part, which is worth nothing alone. */
  Stalled ofPart() {
    return whole ? new Stalled(this) : this;
  }

  private Stalled(Stalled other) {
    super(other.getMessage(), other);
    this.whole = false;
  }

  /** Whether the store may have done what it was asked: it had all bytes, and gave no answer. */
  public boolean mayBeDone() {
    return whole;
  }

  /** Ends something on which nothing moves for so long. Safe for many threads. */
  static final class Watch implements AutoCloseable {
    private final Duration limit;
    private final Ticker ticker;
    private long moved;
    private boolean paused;
    private boolean stalled;
    private boolean closed;

    /**
     * Watches from now on.
     *
     * @param end is called once, by a thread of the watch, when nothing moved for {@code limit}
     */
    Watch(Duration limit, Ticker ticker, Runnable end) {
      this.limit = limit;
      this.ticker = ticker;
      this.moved = ticker.nanos();
      Thread.ofVirtual().name("stall-watch").start(() -> watch(end));
    }

    /** Something has come, or is waited for from now on. */
    synchronized void moved() {
      moved = ticker.nanos();
      paused = false;
    }

    /** Nothing is waited for until the next {@link #moved}. */
    synchronized void pause() {
      paused = true;
    }

    synchronized boolean hasStalled() {
      return stalled;
    }

    private void watch(Runnable end) {
      try {
        if (awaitStall()) {
          end.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized boolean awaitStall() throws InterruptedException {
      while (!closed) {
        long left = paused ? limit.toNanos() : moved + limit.toNanos() - ticker.nanos();
        if (left <= 0) {
          stalled = true;
          return true;
        }
        wait(left / 1_000_000 + 1);
      }
      return false;
    }

    @Override
    public void close() {
      synchronized (this) {
        closed = true;
        notifyAll();
      }
    }
  }
}
