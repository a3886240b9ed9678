package dev.millrace.orch.observe;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that does one thing again and again until it is closed. */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final Thread thread;

  private Loop(Thread thread) {
    this.thread = thread;
  }

  /** One round; it waits for its own work and returns when it has done some. */
  @FunctionalInterface
  public interface Round {
    /** Works once. */
    void run() throws Exception;
  }

  /** Starts a virtual thread of this name. A round that fails is logged and made again. */
  public static Loop start(String name, Round round) {
    return new Loop(Thread.ofVirtual().name(name).start(() -> repeat(name, round)));
  }

  private static void repeat(String name, Round round) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        round.run();
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
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
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
