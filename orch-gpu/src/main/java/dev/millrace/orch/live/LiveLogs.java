package dev.millrace.orch.live;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.run.RunChannel.Heard;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * The text of runs that somebody reads along with. It is in memory alone, for as long as it is
 * asked for: whoever asks marks the run, the run's provider is told of the mark by the poll that it
 * has open, and hands over what the run has printed. Nothing of it counts: the log that an attempt
 * leaves is another. Safe for many threads.
 */
public final class LiveLogs implements AutoCloseable {
  /** For how long a run is read along with that nobody asks for again. */
  static final Duration MARK = Duration.ofSeconds(15);

  /** A provider with a run has a poll open, or made one this short ago. */
  static final Duration HEARD = Duration.ofSeconds(45);

  /** In all, whoever reads along with whatever. */
  static final long BYTES_MAX = 64L << 20;

  static final int RUNS_MAX = 1000;

  private static final Duration FIRST_TEXT = Duration.ofMillis(2500);

  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition spoken = lock.newCondition();
  private final Map<RunRef, Marked> marked = new HashMap<>();
  private final Map<ProviderId, Polling> polling = new HashMap<>();
  private long version;
  private long bytes;
  private boolean closed;

  /** A run that is read along with. */
  private static final class Marked {
    private final ProviderId provider;
    private final Printed text;
    private final long since;
    private long askedAt;
    private boolean spokenOf;

    Marked(ProviderId provider, Printed text, long since) {
      this.provider = provider;
      this.text = text;
      this.since = since;
      this.askedAt = since;
    }
  }

  /** What is known of a provider's polls. */
  private static final class Polling {
    private int open;
    private long lastAt;
    private long version;
  }

  /** What there is of a run's text. */
  public sealed interface Reading {
    /** What came until now, and more may. */
    record SoFar(Printed text) implements Reading {}

    /** Its provider does not tell, or too much is read along with already. */
    record Never() implements Reading {}
  }

  /**
   * Nobody reads along.
   *
   * @param random so that the versions of an earlier process are known as such
   */
  public LiveLogs(Ticker ticker, RandomGenerator random) {
    this.ticker = ticker;
    this.version = random.nextLong(1L << 62) + 1;
  }

  /**
   * Reads along from now on. Who asks first waits a moment for the text to come.
   *
   * @param bytesMax of the run's text
   * @param sure whether the run began so long ago that its provider must have asked meanwhile
   */
  public Reading read(RunRef run, ProviderId provider, long bytesMax, boolean sure)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      forget();
      Marked found = marked.get(run);
      if (found == null) {
        if (marked.size() >= RUNS_MAX || bytes >= BYTES_MAX) {
          return new Reading.Never();
        }
        found = new Marked(provider, new Printed(bytesMax), ticker.nanos());
        marked.put(run, found);
        polling(provider).version = ++version;
        changed.signalAll();
      }
      found.askedAt = ticker.nanos();
      awaitFirst(found);
      return !sure || found.spokenOf || asks(provider)
          ? new Reading.SoFar(found.text)
          : new Reading.Never();
    } finally {
      lock.unlock();
    }
  }

  private void awaitFirst(Marked run) throws InterruptedException {
    long left = run.since + FIRST_TEXT.toNanos() - ticker.nanos();
    while (!run.spokenOf && left > 0 && !closed) {
      left = spoken.awaitNanos(left);
    }
    run.askedAt = ticker.nanos();
  }

  private Polling polling(ProviderId provider) {
    return polling.computeIfAbsent(provider, name -> new Polling());
  }

  private boolean asks(ProviderId provider) {
    Polling found = polling.get(provider);
    return found != null
        && (found.open > 0 || found.lastAt != 0 && ticker.nanos() - found.lastAt < HEARD.toNanos());
  }

  /** Takes away what nobody has asked for of late. */
  private void forget() {
    long now = ticker.nanos();
    marked
        .entrySet()
        .removeIf(each -> {
          Marked run = each.getValue();
          boolean over = now - run.askedAt > MARK.toNanos();
          if (over) {
            bytes -= run.text.size();
            polling(run.provider).version = ++version;
            changed.signalAll();
          }
          return over;
        });
  }

  /**
   * Which runs of a provider are read along with; see {@link
   * dev.millrace.schema.run.RunChannel#followed}.
   */
  public Followed followed(ProviderId provider, long known, Duration patience)
      throws InterruptedException {
    lock.lockInterruptibly();
    Polling own = polling(provider);
    own.open++;
    try {
      long until = ticker.nanos() + patience.toNanos();
      forget();
      if (own.version == 0) {
        own.version = ++version;
      }
      while (own.version == known && ticker.nanos() < until && !closed) {
        changed.awaitNanos(Math.min(until - ticker.nanos(), nextEnd()));
        forget();
      }
      List<RunId> runs = new ArrayList<>();
      marked.forEach((run, found) -> {
        if (found.provider.equals(provider)) {
          runs.add(run.run());
        }
      });
      return new Followed.Runs(own.version, runs);
    } finally {
      own.open--;
      own.lastAt = ticker.nanos();
      lock.unlock();
    }
  }

  private long nextEnd() {
    long now = ticker.nanos();
    return marked.values().stream()
        .mapToLong(run -> run.askedAt + MARK.toNanos() - now + 1)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** Takes what the attempt's current run has printed. */
  public Heard printed(RunRef run, long from, byte[] more) {
    lock.lock();
    try {
      forget();
      Marked found = marked.get(run);
      if (found == null || found.text.full() || bytes >= BYTES_MAX) {
        return new Heard.Enough();
      }
      found.spokenOf = true;
      if (from == found.text.size()) {
        int room = (int) Math.min(more.length, BYTES_MAX - bytes);
        bytes += found.text.add(more, room);
      }
      spoken.signalAll();
      return new Heard.GoOn(found.text.size());
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of whoever waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      spoken.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
