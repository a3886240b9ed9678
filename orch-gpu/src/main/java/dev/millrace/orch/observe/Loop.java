package dev.millrace.orch.observe;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again until it is closed. */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final Thread thread;
  private final AtomicBoolean over;

  private Loop(Thread thread, AtomicBoolean over) {
    this.thread = thread;
    this.over = over;
  }

  /** One round; it waits for its own work and returns when it has done some. */
  @FunctionalInterface
  public interface Round {
    /** Works once. */
    void run() throws Exception;
  }

  /**
   * Starts a virtual thread of this name. A round that fails is logged and made again, whatever it
   * failed by: without this thread its work would stand still, and nobody would say so.
   */
  public static Loop start(String name, Round round) {
    AtomicBoolean over = new AtomicBoolean();
    return new Loop(Thread.ofVirtual().name(name).start(() -> repeat(name, round, over)), over);
  }

  private static void repeat(String name, Round round, AtomicBoolean over) {
    while (!over.get() && !Thread.currentThread().isInterrupted()) {
      try {
        round.run();
      } catch (InterruptedException e) {
        return;
      } catch (Exception | Error e) {
        if (over.get()) {
          // Some who are interrupted say so in words of their own, and forget it.
          return;
        }
        // The outermost frame of this thread: what the round was about is still in the journal.
        LOG.warn("{} failed and goes on: {}", name, e.toString());
        LOG.debug("{}", name, e);
        try {
          Thread.sleep(AFTER_FAILURE);
        } catch (InterruptedException stop) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    over.set(true);
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
