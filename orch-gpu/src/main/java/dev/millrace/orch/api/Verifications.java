package dev.millrace.orch.api;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.Ledger.Verification;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the ledger again for those who ask: one reading at a time, on a platform thread. It is
 * processor work from start to end, and on a virtual thread nothing would take its carrier from it:
 * a few of them and everything else in the process stands still. Who asks for a reading that has
 * not begun yet shares it; one that has begun may have passed what happened since. A reading that
 * nobody listens to any more stops.
 */
final class Verifications implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Verifications.class);

  /** Readings that have not begun. */
  static final int WAITING_MAX = 4;

  private static final String THREAD = "ledger-verify";
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Supplier<Ledger> ledger;
  private final ThreadFactory threads;
  private final Duration stop;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Reading> waiting = new ArrayDeque<>();
  private Optional<Reading> running = Optional.empty();
  private boolean closed;

  Verifications(Supplier<Ledger> ledger) {
    this(
        ledger,
        Thread.ofPlatform()
            .name(THREAD)
            .daemon()
            .uncaughtExceptionHandler((thread, e) -> LOG.error("the ledger was not verified", e))
            .factory(),
        STOP);
  }

  /**
   * @param stop how long a reading is waited for that does not hear that it is over
   */
  Verifications(Supplier<Ledger> ledger, ThreadFactory threads, Duration stop) {
    this.ledger = ledger;
    this.threads = threads;
    this.stop = stop;
  }

  /** What a listener hears. */
  sealed interface News {
    /** So many entries have been read. */
    record Underway(long done) implements News {}

    /** The end. */
    record Found(Verification verification) implements News {}

    /** It ended without a finding. */
    record BrokenOff(Throwable cause) implements News {}
  }

  /** Ends a reading that nobody waits for. */
  private static final class Unheard extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unheard() {
      super("nobody waits for the verification any more", null, false, false);
    }
  }

  /** Guarded by the lock, but for what it was asked. */
  private static final class Reading {
    private final @Nullable Checkpoint trusted;
    private News news = new News.Underway(0);
    private int listeners;

    Reading(@Nullable Checkpoint trusted) {
      this.trusted = trusted;
    }
  }

  /** One who asked. */
  final class Listening implements AutoCloseable {
    private final Reading reading;

    private Listening(Reading reading) {
      this.reading = reading;
    }

    /** Waits until more entries than these are read or the reading ends, or for so long. */
    News await(long done, Duration atMost) throws InterruptedException {
      long left = atMost.toNanos();
      lock.lockInterruptibly();
      try {
        while (left > 0 && reading.news instanceof News.Underway(long now) && now <= done) {
          left = changed.awaitNanos(left);
        }
        return reading.news;
      } finally {
        lock.unlock();
      }
    }

    /** Listens no more. */
    @Override
    public void close() {
      lock.lock();
      try {
        reading.listeners--;
        if (reading.listeners == 0) {
          waiting.remove(reading);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Asks for a reading; the caller closes what it gets.
   *
   * @throws Refusal when too many wait already
   */
  Listening listen(@Nullable Checkpoint trusted) {
    lock.lock();
    try {
      if (closed) {
        throw stopping();
      }
      Reading reading =
          waiting.stream()
              .filter(other -> Objects.equals(other.trusted, trusted))
              .findFirst()
              .orElseGet(() -> added(trusted));
      reading.listeners++;
      startNext();
      return new Listening(reading);
    } finally {
      lock.unlock();
    }
  }

  private static Refusal stopping() {
    return Refusal.of(503, "Stopping", "the coordinator is stopping", "ask again in a moment");
  }

  private Reading added(@Nullable Checkpoint trusted) {
    if (waiting.size() >= WAITING_MAX) {
      throw Refusal.of(
          503,
          "Too many verifications",
          waiting.size() + " verifications of the ledger wait already, which is the limit here",
          "ask again when those have ended");
    }
    Reading reading = new Reading(trusted);
    waiting.add(reading);
    return reading;
  }

  /** A thread a reading: one that an Error ends takes none other with it. Under the lock. */
  private void startNext() {
    while (running.isEmpty() && !waiting.isEmpty()) {
      Reading next = waiting.remove();
      try {
        threads.newThread(() -> read(next)).start();
        running = Optional.of(next);
      } catch (OutOfMemoryError e) {
        // So says a JVM that gets no thread; those who wait are told, and the next who asks tries.
        LOG.error("the ledger was not verified: no thread could be had", e);
        next.news = new News.BrokenOff(new IOException("no thread could be had for it", e));
        changed.signalAll();
      }
    }
  }

  private void read(Reading reading) {
    News end =
        new News.BrokenOff(
            new IOException("the reading of the ledger ended by a fault; see the log"));
    try {
      end = new News.Found(ledger.get().verify(reading.trusted, done -> progress(reading, done)));
    } catch (Unheard | Refusal e) {
      end = new News.BrokenOff(e);
    } catch (IOException | RuntimeException e) {
      LOG.warn("the ledger was not verified", e);
      end = new News.BrokenOff(e);
    } finally {
      ended(reading, end);
    }
  }

  private void progress(Reading reading, long done) {
    lock.lock();
    try {
      if (closed) {
        throw stopping();
      }
      if (reading.listeners == 0) {
        throw new Unheard();
      }
      reading.news = new News.Underway(done);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void ended(Reading reading, News end) {
    lock.lock();
    try {
      reading.news = end;
      running = Optional.empty();
      startNext();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops the one that runs and returns when it has; those that wait hear that it is over. One that
   * hangs in its reading is left behind.
   */
  @Override
  public void close() {
    long left = stop.toNanos();
    lock.lock();
    try {
      closed = true;
      for (Reading reading : waiting) {
        reading.news = new News.BrokenOff(stopping());
      }
      waiting.clear();
      changed.signalAll();
      while (running.isPresent() && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (running.isPresent()) {
        LOG.warn("a verification of the ledger did not end within {} s", stop.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
