package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.run.RunChannel.Heard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands over what one run prints, on a thread that there is for as long as the run is read along
 * with.
 */
final class Teller implements AutoCloseable {
  /** Of text, in one call. */
  private static final int CHUNK = 256 * 1024;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final RunChannel channel;
  private final RunRef run;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable LiveSource function;
  private @Nullable Thread telling;
  private long asked;
  private long enough;
  private boolean closed;

  Teller(RunChannel channel, RunRef run) {
    this.channel = channel;
    this.run = run;
  }

  void started(LiveSource started) {
    lock.lock();
    try {
      function = started;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Who is read along with, by the newest answer: perhaps this run. */
  void asked(Followed.Runs answer) {
    lock.lock();
    try {
      asked = answer.runs().contains(run.run()) ? answer.version() : 0;
      changed.signalAll();
      if (wanted() && telling == null) {
        telling = Thread.ofVirtual().name("text of " + run.run()).start(this::tell);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean wanted() {
    return !closed && asked != 0 && asked != enough;
  }

  private void tell() {
    try {
      long from = 0;
      long told = 0;
      boolean pause = false;
      while (goesOn(pause)) {
        long by = asked();
        byte[] text = text(from);
        pause = true;
        if (text.length > 0 || by != told) {
          // Nothing at first says that this provider tells, and asks from where.
          Optional<Long> next = hand(by, from, text);
          told = next.isPresent() ? by : told;
          pause = next.isEmpty() || next.get() <= from || isAll(next.get() - from, text);
          from = next.orElse(from);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isAll(long taken, byte[] text) {
    return taken == text.length && taken < CHUNK;
  }

  /** From where more is welcome; empty when that is not known, or nothing more is. */
  private Optional<Long> hand(long by, long from, byte[] text) {
    try {
      return switch (channel.printed(run, from, text)) {
        case Heard.GoOn(long next) -> Optional.of(next);
        case Heard.Enough() -> {
          stop(by);
          yield Optional.empty();
        }
      };
    } catch (IOException | RuntimeException e) {
      // It is handed over again soon, as long as somebody reads along.
      return Optional.empty();
    }
  }

  /** Whether more is to be told; the thread is given up with the same look. */
  private boolean goesOn(boolean pause) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (pause && wanted()) {
        changed.awaitNanos(LOOK_NANOS);
      }
      if (!wanted()) {
        telling = null;
        return false;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private long asked() {
    lock.lock();
    try {
      return asked;
    } finally {
      lock.unlock();
    }
  }

  private byte[] text(long from) {
    LiveSource started;
    lock.lock();
    try {
      started = function;
    } finally {
      lock.unlock();
    }
    try {
      return started == null ? new byte[0] : started.printed(from, CHUNK);
    } catch (IOException | UncheckedIOException e) {
      // What is read may be gone with the run's end, which is told by other means.
      return new byte[0];
    }
  }

  private void stop(long by) {
    lock.lock();
    try {
      enough = by;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
