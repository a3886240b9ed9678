package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.Passing;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that are wrong, at the worst moments. */
final class RetentionClockTest {
  private static final String LOGS = "{retention: {logs: 1h}}";
  private static final String DAY = "{retention: {logs: 24h}}";

  @TempDir Path folder;
  private final Sweeping own = new Sweeping();

  @AfterEach
  void close() throws IOException {
    own.close();
  }

  @Test
  void whatEndedWhileTheClockWasBehindIsKeptAfterItIsMended() throws Exception {
    own.open(folder, LOGS);
    own.succeeded("before");
    own.ranUntrusted();
    RunRef run = own.begun("a");
    own.rig.clock.move(Duration.ofDays(-400));
    own.end(run, "a", new RunOutcome.Succeeded(), JobState.SUCCEEDED);
    own.rig.clock.move(Duration.ofDays(400));

    assertThat(own.ranUntrusted().anything()).isFalse();

    assertThat(own.there(Sweeping.log(run))).isTrue();
    own.pass(Duration.ofHours(2));
    own.ranUntrusted();
    assertThat(own.there(Sweeping.log(run))).isFalse();
  }

  @Test
  void aStartWithAClockThatIsAheadGoesByTheJournalAsItWasLeft() throws Exception {
    own.open(folder, DAY);
    RunRef old = own.succeeded("old");
    own.rig.clock.move(Duration.ofDays(365));

    own.rig.restart();
    own.succeeded("new");

    assertThat(own.ranUntrusted().anything()).isFalse();
    assertThat(own.there(Sweeping.log(old))).isTrue();
  }

  @Test
  void aMarkThatWasAheadForOneLookProtectsAgainOnceTheClockIsMended() throws Exception {
    own.open(folder, DAY);
    own.rig.clock.move(Duration.ofDays(3650));
    own.rig.retention().run(true);
    own.rig.clock.move(Duration.ofDays(-3650));
    own.ranUntrusted();
    assertThat(own.rig.journal().mark(Mark.CLOCK)).contains(own.rig.clock.instant());
    RunRef run = own.succeeded("a");

    own.rig.clock.move(Duration.ofDays(365));

    assertThat(own.ranUntrusted().anything()).isFalse();
    assertThat(own.there(Sweeping.log(run))).isTrue();
  }

  @Test
  void aClockThatJumpsAYearAgesNothingUntilSomebodySaysThatItIsRight() throws Exception {
    own.open(folder, "{retention: {logs: 36h}}");
    RunRef run = own.succeeded("a");
    own.ranUntrusted();
    own.rig.clock.move(Duration.ofDays(365));
    for (int hour = 0; hour < 100; hour++) {
      own.pass(Duration.ofHours(1));
      own.ranUntrusted();
    }
    assertThat(own.there(Sweeping.log(run))).isTrue();
    Due due = own.rig.retention().due(own.rig.retention().rules());
    assertThat(due.standing()).isTrue();
    assertThat(Duration.between(due.counted(), due.wall())).isGreaterThan(Duration.ofDays(364));
    assertThat(due.logs().jobs()).isEqualTo(1);
    assertThat(due.ready()).isEqualTo(new Due.Ready(0, 0, 0));

    assertThat(own.swept().logs()).isEqualTo(1);
    assertThat(own.rig.retention().due(own.rig.retention().rules()).standing()).isFalse();
  }

  @Test
  void aClockThatIsTwoDaysAheadIsFollowedADayAnHour() throws Exception {
    own.open(folder, "{retention: {logs: 36h}}");
    RunRef run = own.succeeded("a");
    own.ranUntrusted();
    own.rig.clock.move(Duration.ofDays(2));
    own.pass(Duration.ofHours(1));
    own.ranUntrusted();
    assertThat(own.there(Sweeping.log(run))).isTrue();

    own.pass(Duration.ofHours(1));
    own.ranUntrusted();
    assertThat(own.there(Sweeping.log(run))).isFalse();
  }

  @Test
  void withoutRulesTheTimeGoesOnSoThatALaterRuleFindsItRight() throws Exception {
    own.open(folder, "{}");
    own.succeeded("a");
    for (int day = 0; day < 150; day++) {
      own.pass(Duration.ofDays(1));
      own.look();
    }

    Due due = own.rig.retention().due(Rules.of("30d", "30d", "never"));
    assertThat(due.standing()).isFalse();
    assertThat(due.counted()).isEqualTo(due.wall());
    assertThat(due.ready()).isEqualTo(new Due.Ready(1, 0, 3));
    assertThat(own.rig.retention().last()).isEmpty();
  }

  @Test
  void whatIsOldEnoughIsToldBeforeAnyRuleIsThereAndWhatOfItWaits() throws Exception {
    own.open(folder, "{}");
    own.succeeded("a");
    own.ended("b", new RunOutcome.Broken("it broke", false), JobState.DEAD);
    own.rig.clock.move(Duration.ofDays(3));

    Due due = own.rig.retention().due(Rules.of("30h", "1h", "2d"));

    assertThat(due.logs()).isEqualTo(new Due.Logs(1, 1, 1, 5));
    assertThat(due.jobs().jobs()).isEqualTo(1);
    assertThat(due.jobs().bytes()).isPositive();
    assertThat(due.notices()).isEqualTo(2);
    assertThat(due.leases()).isEqualTo(2);
    assertThat(due.entries()).isEqualTo(2);
    assertThat(due.ready()).isEqualTo(new Due.Ready(0, 0, 0));
    assertThat(own.rig.retention().due(Rules.of("4d", "never", "4d")).logs().jobs()).isZero();
    assertThat(own.rig.journal().passing(Passing.NOTICES, 0, 9)).hasSize(2);
  }

  @Test
  void theLogsThatGoWithTheirJobsAreTold() throws Exception {
    own.open(folder, "{}");
    own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(3));

    Due due = own.rig.retention().due(Rules.of("never", "never", "2d"));

    assertThat(due.logs()).isEqualTo(new Due.Logs(1, 1, 1, 5));
  }
}
