package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes what its rules say, now and then or when asked, and tells what would go. */
public final class Retention implements RetentionDesk {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  /** Who asks for a round and then for the next one finds no other under way. */
  private static final Duration ASKING = Duration.ofMinutes(1);

  /** Looks of the clock between two rounds that left nothing behind. */
  private static final int LOOKS = 10;

  /** Of a round in the background. */
  private static final Sweeper.Bounds UNSEEN = new Sweeper.Bounds(20_000, Duration.ofMinutes(30));

  /** Of a round that somebody waits for. */
  private static final Sweeper.Bounds ASKED = new Sweeper.Bounds(20_000, Duration.ofSeconds(5));

  private final Rules rules;
  private final Journal journal;
  private final OwnObjects objects;
  private final CarefulClock clock;
  private final Sweeper sweeper;
  private final Ticker ticker;
  private final Semaphore turn = new Semaphore(1);
  private volatile @Nullable Round last;
  private @Nullable Long askedNanos;
  private int looks;

  /** What it works with. */
  public record Parts(Journal journal, Recorder recorder, Stores stores, Places places) {}

  public Retention(Rules rules, Parts parts, InstantSource wall, Ticker ticker) {
    this.rules = rules;
    this.journal = parts.journal();
    this.objects = new OwnObjects(parts.stores(), parts.places());
    this.clock = new CarefulClock(parts.journal(), parts.recorder(), wall, ticker);
    this.ticker = ticker;
    clock.begin();
    this.sweeper = new Sweeper(parts.journal(), parts.recorder(), objects, ticker);
  }

  @Override
  public Rules rules() {
    return rules;
  }

  @Override
  public Optional<Round> last() {
    return Optional.ofNullable(last);
  }

  /**
   * A turn of the background: waits first, then looks at the clock, and sweeps when it is time. It
   * leaves the turn to whoever asks for rounds.
   */
  public void turn(Bell timer) throws InterruptedException {
    timer.await(PAUSE);
    if (!turn.tryAcquire()) {
      return;
    }
    try {
      CarefulClock.Reading now = clock.advance();
      if (rules.off() || asking()) {
        return;
      }
      Round before = last;
      if (looks++ % LOOKS == 0 || before != null && before.more()) {
        tell(sweep(now, UNSEEN), now);
      }
    } finally {
      turn.release();
    }
  }

  private boolean asking() {
    Long asked = askedNanos;
    return asked != null && ticker.nanos() - asked < ASKING.toNanos();
  }

  @Override
  public Asked run(boolean trustClock) throws InterruptedException {
    if (rules.off()) {
      return new Asked.Off();
    }
    if (!turn.tryAcquire()) {
      return new Asked.Busy();
    }
    try {
      CarefulClock.Reading now = trustClock ? clock.trust() : clock.advance();
      Round round = sweep(now, ASKED);
      askedNanos = ticker.nanos();
      tell(round, now);
      return new Asked.Done(round);
    } finally {
      turn.release();
    }
  }

  private Round sweep(CarefulClock.Reading now, Sweeper.Bounds bounds) throws InterruptedException {
    Round round = sweeper.sweep(rules, now, bounds);
    last = round;
    return round;
  }

  /** What is removed for good is said, each time. */
  private void tell(Round round, CarefulClock.Reading now) {
    if (now.standing()) {
      LOG.warn(
          "the clock says {}, days ahead of what is known to have passed: removals go by {} and"
              + " nothing ages; where the clock is right, say so with `millrace retention run"
              + " --trust-clock`",
          now.wall(),
          now.counted());
    } else if (now.lagging()) {
      LOG.warn(
          "the clock says {}, which is ahead of what passed: removals go by {}, and follow it a day"
              + " an hour; where the clock is right, `millrace retention run --trust-clock` says so",
          now.wall(),
          now.counted());
    }
    if (round.anything()) {
      LOG.info(
          "removed by retention: logs of {} jobs ({} bytes), attempts and steps of {} jobs, {}"
              + " notices, {} leases, {} carried entries; {} deletions in stores{}",
          round.logs(),
          round.logBytes(),
          round.jobs(),
          round.notices(),
          round.leases(),
          round.entries(),
          round.objects(),
          round.more() ? "; there is more" : "");
    }
    round.troubles().forEach(why -> LOG.warn("retention leaves something: {}", why));
  }

  @Override
  public Due due(Rules asked) {
    return new DryRun(journal, objects).due(asked, clock.read());
  }
}
