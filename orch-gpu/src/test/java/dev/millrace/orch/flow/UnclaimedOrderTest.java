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

/** A provider that is away, or busy with other runs, is not held against the jobs that wait. */
class UnclaimedOrderTest {
  @TempDir Path folder;

  @Test
  void ordersThatNobodyClaimedDoNotMakeAJobDead() throws Exception {
    try (Rig rig =
        new Rig(folder, "leases: {losses: 1, claim_within: 50ms, manifest_poll: 50ms}")) {
      rig.deploy("");
      rig.drop("in/a", "1");
      Job job = rig.await(rig.job().id(), JobState.STAGED);

      for (int attempt = 1; attempt <= 2; attempt++) {
        rig.clock.move(Duration.ofSeconds(1));
        rig.await(job.id(), JobState.WAITING);
        rig.clock.move(Duration.ofSeconds(10));
        rig.await(job.id(), JobState.STAGED);
      }
      assertThat(rig.jobs().getFirst().attempts()).isEqualTo(3);

      assertThat(rig.jobs().getFirst().losses()).isZero();
      RunRef run = rig.claim(job.id(), rig.hand.run());
      rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
      rig.await(job.id(), JobState.SUCCEEDED);
      assertThat(rig.ledger(3)).hasSize(3);
      assertThat(rig.reserved()).isZero();
    }
  }
}
