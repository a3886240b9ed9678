package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Mark;
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
}
