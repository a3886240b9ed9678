package dev.millrace.orch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store or a host broke is not the function's failure. */
class BrokenRunTest {
  @TempDir Path folder;

  @Test
  void aRunThatCouldNotUploadItsResultsIsTriedAgainThoughTheFunctionHasOneTry() throws Exception {
    try (Rig rig = new Rig(folder, "leases: {manifest_poll: 50ms, losses: 3}")) {
      rig.deploy("retry: {attempts: 1}");
      rig.drop("in/a", "1");
      Job job = rig.await(rig.job().id(), JobState.STAGED);

      for (int losses = 1; losses <= 2; losses++) {
        breakRun(rig, job);
        Job again = rig.await(job.id(), JobState.WAITING);
        assertThat(again.losses()).isEqualTo(losses);
        assertThat(again.failures()).isZero();
        rig.clock.move(Duration.ofMinutes(6));
        rig.await(job.id(), JobState.STAGED);
      }
      breakRun(rig, job);

      assertThat(rig.await(job.id(), JobState.DEAD).reason()).contains("no upload", "3 times");
      assertThat(rig.reserved()).isZero();
    }
  }

  private static void breakRun(Rig rig, Job job) throws Exception {
    RunRef run = rig.claim(job.id(), rig.hand.run());
    rig.settle(run, new RunOutcome.Broken("no upload", true), Map.of());
  }
}
