package dev.millrace.orch.settle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.run.RunChannel.Settled;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running coordinator, a provider elsewhere, and a fresh token for it in the midst of a run. */
final class WithdrawnKeyTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.elsewhere(folder, "leases: {manifest_poll: 50ms}");
    rig.deploy("");
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private RunRef claimed() throws IOException {
    rig.drop("in/a", "text");
    Job job = rig.job();
    rig.await(job.id(), JobState.STAGED);
    return rig.claim(job.id(), rig.hand.run());
  }

  private Settled settled(RunRef run) throws IOException {
    return rig.settle(run, new RunOutcome.Succeeded(), Map.of("out.txt", "result"));
  }

  private LedgerEntry.Evidence evidence() {
    return rig.ledger(1).getFirst().entry().evidence();
  }

  @Test
  void theKeyOfItsTokenSettles() throws Exception {
    RunRef run = claimed();

    assertThat(settled(run)).isEqualTo(Settled.ACCEPTED);

    rig.await(run.attempt().job(), JobState.SUCCEEDED);
    assertThat(evidence()).isInstanceOf(LedgerEntry.Attested.class);
  }

  @Test
  void aKeyThatAFreshTokenHasWithdrawnSettlesNothing() throws Exception {
    RunRef run = claimed();
    rig.invite();

    assertThat(settled(run)).isEqualTo(Settled.REFUSED);

    // Its manifest lies in the bucket, where it is looked for, until its lease is over.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          rig.nanos.addAndGet(Duration.ofSeconds(6).toNanos());
          return !rig.desk().ledger().entries(0, 1).isEmpty();
        });
    assertThat(evidence()).isInstanceOf(LedgerEntry.Unattested.class);
    assertThat(rig.desk().job(Rig.MAIN, run.attempt().job()).orElseThrow().outputs()).isEmpty();
  }

  @Test
  void norAfterTheCoordinatorsRestart() throws Exception {
    RunRef run = claimed();
    rig.invite();
    rig.restart();

    assertThat(settled(run)).isEqualTo(Settled.REFUSED);
  }

  @Test
  void itSettlesAgainOnceItsProviderHasJoinedByTheFreshToken() throws Exception {
    RunRef run = claimed();
    rig.invite();
    assertThat(settled(run)).isEqualTo(Settled.REFUSED);

    rig.introduced();

    rig.await(run.attempt().job(), JobState.SUCCEEDED);
    assertThat(evidence()).isInstanceOf(LedgerEntry.Attested.class);
  }
}
