package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.Transition.KeepMark;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time by which things are old enough to be removed. It never runs ahead of the machine's
 * clock, and follows it no faster than {@link #CATCHING_UP} times as fast as time passes. Behind a
 * clock that is further ahead than {@link #STANDS} it stands still. It is kept in the journal,
 * begins where the journal's newest job is, before anything else happens, and goes back with a
 * clock that does: that makes things younger. Several coordinators on one journal are no faster
 * together: a while in which another one has moved it is that one's. One thread at a time.
 */
final class CarefulClock {
  /** How much of its delay it makes good in a while, counted in that while. */
  static final int CATCHING_UP = 24;

  /** A delay that is worth a word: less is what a restart takes. */
  static final Duration NOTABLE = Duration.ofHours(1);

  /** A delay that it does not make good by itself: a weekend off is less, a wrong year is more. */
  static final Duration STANDS = Duration.ofDays(3);

  private final Journal journal;
  private final Recorder recorder;
  private final InstantSource clock;
  private final Ticker ticker;
  private @Nullable Look last;

  /**
   * What it was at a look, and when that was.
   *
   * @param mark as the journal has it since
   */
  private record Look(long nanos, Instant mark) {}

  CarefulClock(Journal journal, Recorder recorder, InstantSource clock, Ticker ticker) {
    this.journal = journal;
    this.recorder = recorder;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * What it says.
   *
   * @param wall what the machine's clock says
   * @param counted what removals go by: not after {@code wall}
   */
  record Reading(Instant wall, Instant counted) {
    /** Whether the machine's clock is ahead by more than a restart explains. */
    boolean lagging() {
      return Duration.between(counted, wall).compareTo(NOTABLE) > 0;
    }

    /** Whether it is so far ahead that somebody has to say that it is right. */
    boolean standing() {
      return Duration.between(counted, wall).compareTo(STANDS) > 0;
    }
  }

  /** Takes the time that the journal was left at, where none was taken yet. */
  void begin() {
    if (journal.mark(Mark.CLOCK).isEmpty()) {
      Instant wall = clock.instant();
      recorder.commit(new KeepMark(Mark.CLOCK, earlier(wall, known(wall))));
    }
  }

  /** Goes on by as much as may be, or back to a clock that was ahead and is mended. */
  Reading advance() {
    Instant wall = clock.instant();
    Instant known = known(wall);
    long now = ticker.nanos();
    Duration passed = passed(now, known);
    if (new Reading(wall, known).standing()) {
      last = new Look(now, known);
      return new Reading(wall, known);
    }
    Instant reached = earlier(wall, known.plus(passed.multipliedBy(CATCHING_UP)));
    boolean mended = wall.isBefore(known.minus(NOTABLE));
    boolean moved = mended || reached.isAfter(known);
    if (moved) {
      recorder.commit(new KeepMark(Mark.CLOCK, reached));
    }
    last = new Look(now, moved ? kept(reached) : known);
    return new Reading(wall, reached);
  }

  /** Since the last look; nothing where another coordinator has moved it meanwhile. */
  private Duration passed(long now, Instant known) {
    Look before = last;
    return before == null || !before.mark().equals(known)
        ? Duration.ZERO
        : Duration.ofNanos(now - before.nanos());
  }

  /** As the journal keeps it. */
  private static Instant kept(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS);
  }

  /** What it says now, without going on. */
  Reading read() {
    Instant wall = clock.instant();
    return new Reading(wall, earlier(wall, known(wall)));
  }

  /** Believes the machine's clock from now on; somebody has said that it is right. */
  Reading trust() {
    Instant wall = clock.instant();
    recorder.commit(new KeepMark(Mark.CLOCK, wall));
    last = new Look(ticker.nanos(), kept(wall));
    return new Reading(wall, wall);
  }

  private Instant known(Instant wall) {
    return journal.mark(Mark.CLOCK).or(journal::latestChange).orElse(wall);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
