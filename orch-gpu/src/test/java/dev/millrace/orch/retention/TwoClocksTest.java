package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several coordinators on one journal move the time that removals go by. */
final class TwoClocksTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** With a fraction that the journal does not keep. */
  private static final Instant T0 = Instant.parse("2026-03-01T10:00:00.123456789Z");

  @TempDir Path folder;
  private Journal journal;

  /** What has truly passed since {@link #T0}. */
  private Duration passed = Duration.ZERO;

  private Duration jump = Duration.ZERO;

  @BeforeEach
  void open() {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
  }

  @AfterEach
  void close() {
    journal.close();
  }

  /** A coordinator, on a machine whose clock is off by so much. */
  private CarefulClock coordinator(Duration off) {
    CarefulClock clock =
        new CarefulClock(
            journal,
            new Recorder(journal),
            () -> T0.plus(passed).plus(jump).plus(off),
            () -> passed.toNanos());
    clock.begin();
    return clock;
  }

  private Instant truth() {
    return T0.plus(passed).plus(jump);
  }

  /** Two days off for both, as after a weekend: it takes two hours, however many there are. */
  @Test
  void severalTogetherFollowAClockNoFasterThanOneAlone() {
    coordinator(Duration.ZERO);
    for (int count = 1; count <= 4; count++) {
      jump = jump.plusDays(2);
      Instant from = truth().minus(Duration.ofDays(2));
      List<CarefulClock> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(coordinator(Duration.ZERO));
      }
      all.forEach(CarefulClock::advance);
      for (int minute = 0; minute < 60; minute++) {
        for (CarefulClock one : all) {
          passed = passed.plus(MINUTE.dividedBy(count));
          one.advance();
        }
      }
      Duration followed = Duration.between(from, all.getFirst().read().counted());
      assertThat(followed)
          .as(count + " coordinators in an hour")
          .isBetween(Duration.ofHours(23), Duration.ofHours(25));
      passed = passed.plus(Duration.ofHours(9));
      all.getFirst().advance();
      assertThat(all.getFirst().read().counted()).isBetween(truth().minusNanos(1_000), truth());
    }
  }

  @Test
  void oneAloneGoesOnWhereTheOtherHasDied() {
    CarefulClock first = coordinator(Duration.ZERO);
    CarefulClock second = coordinator(Duration.ZERO);
    for (int minute = 0; minute < 3; minute++) {
      passed = passed.plus(MINUTE);
      first.advance();
      second.advance();
    }
    jump = Duration.ofDays(2);

    for (int minute = 0; minute < 130; minute++) {
      passed = passed.plus(MINUTE);
      second.advance();
    }

    assertThat(second.read().counted()).isBetween(truth().minusNanos(1_000), truth());
  }

  /** Whatever the order of their looks, and though some are started anew. */
  @Test
  void whereAllClocksAreRightItNeverRunsAheadOfThem() {
    Random random = new Random(17);
    List<CarefulClock> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(coordinator(Duration.ZERO));
    }
    for (int look = 0; look < 400; look++) {
      passed = passed.plusMillis(random.nextInt(60_000));
      if (random.nextInt(100) == 0) {
        jump = jump.plus(Duration.ofHours(random.nextInt(70)));
      }
      int which = random.nextInt(3);
      if (random.nextInt(50) == 0) {
        all.set(which, coordinator(Duration.ZERO));
      }
      assertThat(all.get(which).advance().counted()).isBeforeOrEqualTo(truth());
    }
  }

  /** Alone, that one would be followed until it is reached. */
  @Test
  void aClockThatIsAheadIsHeldBackByOneThatIsRight() {
    CarefulClock right = coordinator(Duration.ZERO);
    CarefulClock ahead = coordinator(Duration.ofDays(2));
    Duration most = Duration.ZERO;
    for (int minute = 0; minute < 150; minute++) {
      passed = passed.plus(MINUTE);
      Instant counted = ahead.advance().counted();
      Duration early = Duration.between(truth(), counted);
      most = early.compareTo(most) > 0 ? early : most;
      assertThat(right.advance().counted()).isBeforeOrEqualTo(truth());
    }

    assertThat(most).isLessThan(Duration.ofMinutes(90));
  }

  @Test
  void aClockThatIsBehindMakesThingsYoungerAndNoOneOlder() {
    CarefulClock right = coordinator(Duration.ZERO);
    CarefulClock behind = coordinator(Duration.ofDays(-2));
    for (int minute = 0; minute < 150; minute++) {
      passed = passed.plus(MINUTE);
      assertThat(behind.advance().counted()).isBefore(truth());
      assertThat(right.advance().counted()).isBeforeOrEqualTo(truth());
    }
  }
}
