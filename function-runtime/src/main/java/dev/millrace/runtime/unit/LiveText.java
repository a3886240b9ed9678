package dev.millrace.runtime.unit;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands over what functions print while they run, for as long as somebody reads along. One thread
 * asks for all runs who is read along with, by a poll that is open as long as there are runs; a run
 * that nobody reads along with costs nothing else. What goes wrong here is no matter of the run's.
 */
final class LiveText implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_SECONDS_MAX = 15;

  private final RunChannel channel;
  private final ProviderId provider;
  private final Ticker ticker;
  private final Map<RunId, Teller> running = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition entered = lock.newCondition();
  private Followed.Runs latest = new Followed.Runs(0, List.of());
  private @Nullable Thread asking;
  private boolean never;
  private boolean closed;

  LiveText(RunChannel channel, ProviderId provider, Ticker ticker) {
    this.channel = channel;
    this.provider = provider;
    this.ticker = ticker;
  }

  /** A run is there; who reads along with it waits for its function. */
  void enter(RunRef run) {
    lock.lock();
    try {
      if (never || closed) {
        return;
      }
      Teller teller = new Teller(channel, run);
      running.put(run.run(), teller);
      teller.asked(latest);
      entered.signalAll();
      if (asking == null) {
        asking = Thread.ofVirtual().name("readers of " + provider).start(this::askAgainAndAgain);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Its function runs. */
  void started(RunRef run, LiveSource function) {
    Teller teller = running.get(run.run());
    if (teller != null) {
      teller.started(function);
    }
  }

  /** It is over: nothing of it is told any more. */
  void leave(RunRef run) {
    Teller teller = running.remove(run.run());
    if (teller != null) {
      teller.close();
    }
  }

  private void askAgainAndAgain() {
    long known = 0;
    int failed = 0;
    try {
      while (awaitRuns()) {
        long begun = ticker.nanos();
        try {
          switch (channel.followed(provider, known, PATIENCE)) {
            case Followed.Runs answer -> {
              boolean hasty = answer.version() == known && ticker.nanos() - begun < SECOND;
              known = answer.version();
              failed = 0;
              tell(answer);
              // A coordinator that closes waits for nothing.
              pause(hasty ? 1 : 0);
            }
            case Followed.Never() -> {
              giveUp();
              return;
            }
          }
        } catch (IOException | RuntimeException e) {
          // A coordinator that is away, or is older than this.
          if (Thread.interrupted()) {
            return;
          }
          known = 0;
          pause(Math.min(PAUSE_SECONDS_MAX, 1L << Math.min(failed++, 10)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pause(long seconds) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = TimeUnit.SECONDS.toNanos(seconds);
      while (left > 0 && !closed) {
        left = entered.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitRuns() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (running.isEmpty() && !closed) {
        entered.await();
        // Most runs are over before anybody could read along.
        long left = SECOND;
        while (left > 0 && !closed) {
          left = entered.awaitNanos(left);
        }
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void tell(Followed.Runs answer) {
    lock.lock();
    try {
      latest = answer;
      running.values().forEach(teller -> teller.asked(answer));
    } finally {
      lock.unlock();
    }
  }

  private void giveUp() {
    lock.lock();
    try {
      never = true;
      running.values().forEach(Teller::close);
      running.clear();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      entered.signalAll();
      if (asking != null) {
        asking.interrupt();
      }
      running.values().forEach(Teller::close);
      running.clear();
    } finally {
      lock.unlock();
    }
  }
}
