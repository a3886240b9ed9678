package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.time.AwakeTicker;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Renews a run's lease on a thread of its own, every third of its duration, and cuts the run's work
 * short when the lease is lost: by the coordinator's word, or since nobody could be reached for as
 * long as the lease lasts. Only time in which this side was awake counts for that ({@link
 * AwakeTicker}): after a standstill of its own (a signal, a frozen machine) it has the rest of the
 * lease to ask whether it still holds it. A lease that ran out meanwhile is told of by the answer;
 * until then the run may go on where another has begun, and nothing comes of it twice: the slice
 * that it holds is given to nobody before its hard limit, and what is published is the result of
 * the winner whom the coordinator names.
 */
final class LeaseKeeper implements AutoCloseable {
  /** What may still be done. */
  enum Standing {
    HELD,
    CANCELLED,
    STALE,
    UNREACHABLE
  }

  /** Work that a lost lease interrupts. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, InterruptedException, LeaseLost;
  }

  /** Keeps each beat before it is sent. */
  @FunctionalInterface
  interface Beats {
    void keep(long counter) throws IOException;
  }

  private final RunChannel channel;
  private final RunRef run;
  private final Duration lease;
  private final Beats beats;
  private final Ticker awake;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock guarding = new ReentrantLock();
  private @Nullable Thread worker;
  private boolean tolerant;
  private boolean interrupted;
  private long counter;
  private volatile long renewedAt;
  private volatile Standing told = Standing.HELD;

  LeaseKeeper(RunChannel channel, RunRef run, Duration lease, Beats beats, Ticker ticker) {
    this.channel = channel;
    this.run = run;
    this.lease = lease;
    this.beats = beats;
    this.awake = new AwakeTicker(ticker, lease.dividedBy(6));
    this.renewedAt = awake.nanos();
  }

  /**
   * Begins to renew.
   *
   * @param lastBeat of this run before a restart, 0 when there was none
   */
  LeaseKeeper start(long lastBeat) {
    counter = lastBeat;
    Thread.ofVirtual().name("lease of " + run.run()).start(this::renewAgainAndAgain);
    Thread.ofVirtual().name("watch over the lease of " + run.run()).start(this::stayAwake);
    return this;
  }

  /** What may still be done now. */
  Standing standing() {
    if (told != Standing.STALE && awake.nanos() - renewedAt >= lease.toNanos()) {
      return Standing.UNREACHABLE;
    }
    return told;
  }

  private void renewAgainAndAgain() {
    try {
      long wait = lease.toNanos() / 3;
      while (!closed.await(wait, TimeUnit.NANOSECONDS) && told != Standing.STALE) {
        wait = renewOnce() ? lease.toNanos() / 3 : lease.toNanos() / 12;
        if (told != Standing.HELD) {
          interruptWork();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Counts the time twice a stride, and ends the work even while a renewal hangs. */
  private void stayAwake() {
    try {
      while (!closed.await(lease.toNanos() / 12, TimeUnit.NANOSECONDS)) {
        if (standing() != Standing.HELD) {
          interruptWork();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean renewOnce() {
    long asked = awake.nanos();
    try {
      beats.keep(++counter);
      switch (channel.renew(run, counter)) {
        case RENEWED -> {}
        case CANCELLED -> told = Standing.CANCELLED;
        case STALE -> told = Standing.STALE;
      }
      renewedAt = asked;
      return true;
    } catch (IOException | RuntimeException e) {
      // Asked again soon; what counts is how long nothing was answered.
      return false;
    }
  }

  private void interruptWork() {
    guarding.lock();
    try {
      if (worker != null && !interrupted && !(tolerant && standing() == Standing.CANCELLED)) {
        interrupted = true;
        worker.interrupt();
      }
    } finally {
      guarding.unlock();
    }
  }

  /**
   * Does work that ends at once when the lease is lost.
   *
   * @param evenCancelled whether it goes on when the job was cancelled: what settles the run does
   */
  <T> T guard(boolean evenCancelled, Work<T> work)
      throws IOException, InterruptedException, LeaseLost {
    begin(evenCancelled);
    boolean cut;
    try {
      require(evenCancelled);
      return work.run();
    } catch (IOException | InterruptedException e) {
      require(evenCancelled);
      throw e;
    } finally {
      cut = end();
      if (cut) {
        Thread.interrupted();
      }
    }
  }

  private void begin(boolean evenCancelled) {
    guarding.lock();
    worker = Thread.currentThread();
    tolerant = evenCancelled;
    interrupted = false;
    guarding.unlock();
  }

  private boolean end() {
    guarding.lock();
    try {
      worker = null;
      return interrupted;
    } finally {
      guarding.unlock();
    }
  }

  /** Throws unless the run may go on. */
  void require(boolean evenCancelled) throws LeaseLost {
    Standing now = standing();
    switch (now) {
      case HELD -> {}
      case CANCELLED -> {
        if (!evenCancelled) {
          throw new LeaseLost(now, "the job was cancelled");
        }
      }
      case STALE -> throw new LeaseLost(now, "the lease has passed to another run");
      case UNREACHABLE ->
          throw new LeaseLost(
              now, "the coordinator was not reached for " + lease.toSeconds() + " s");
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
