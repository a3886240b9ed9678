package dev.millrace.orch.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseWatchTest {
  private static final Duration LOOKS = Duration.ofMillis(2_500);

  @TempDir Path folder;

  /** The watch looks once a second: it must have seen the lease before the claim and after it. */
  @Test
  void theTimeThatAnOrderWaitedForARunIsNotTheRunsSilence() throws Exception {
    try (Rig rig = new Rig(folder, "leases: {duration: 15s}")) {
      rig.deploy("");
      rig.drop("in/a", "1");
      Job job = rig.await(rig.job().id(), JobState.STAGED);
      await()
          .during(LOOKS)
          .atMost(LOOKS.multipliedBy(4))
          .until(() -> {
            rig.nanos.addAndGet(Duration.ofSeconds(5).toNanos());
            return rig.jobs().getFirst().state() == JobState.STAGED;
          });

      RunRef run = rig.claim(job.id(), rig.hand.run());

      await()
          .during(LOOKS)
          .atMost(LOOKS.multipliedBy(4))
          .until(() -> rig.jobs().getFirst().state() == JobState.RUNNING);
      assertThat(rig.channel().renew(run, 1)).isEqualTo(RunChannel.Renewal.RENEWED);
    }
  }
}
