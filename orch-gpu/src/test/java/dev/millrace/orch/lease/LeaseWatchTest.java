package dev.millrace.orch.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.Rig;
import dev.millrace.orch.settle.Evidences;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel.Renewal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lease of 15 s over a real journal, watched by a ticker of its own that is moved by hand. */
final class LeaseWatchTest {
  @TempDir private Path folder;
  private final AtomicLong nanos = new AtomicLong();
  private Rig rig;
  private LeaseWatch watch;
  private Job job;

  @BeforeEach
  void stageAJob() throws Exception {
    rig = new Rig(folder, "leases: {duration: 15s, claim_within: 10m}");
    rig.deploy("");
    rig.drop("in/a", "1");
    job = rig.await(rig.job().id(), JobState.STAGED);
    Journal journal = rig.journal();
    Recorder recorder = new Recorder(journal);
    ProviderKeys keys = new ProviderKeys(journal);
    Settler settler = new Settler(journal, recorder, keys, new Evidences(keys), 10, rig.clock);
    watch =
        new LeaseWatch(journal, recorder, settler, Duration.ofSeconds(30), nanos::get, rig.clock);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aRunThatClaimsLateHasItsFullLeaseFromThenOn() throws Exception {
    lookAfter(0);
    lookAfter(40);
    rig.claim(job.id(), rig.hand.run());

    assertThat(lookAfter(14)).isZero();

    assertThat(rig.await(job.id(), JobState.RUNNING).losses()).isZero();
  }

  @Test
  void aRunThatIsSilentForItsLeaseIsLost() throws Exception {
    lookAfter(0);
    rig.claim(job.id(), rig.hand.run());
    assertThat(lookAfter(14)).isZero();

    assertThat(lookAfter(1)).isEqualTo(1);

    assertThat(rig.desk().job(Rig.MAIN, job.id()).orElseThrow().job().losses()).isEqualTo(1);
  }

  @Test
  void aRunThatRenewsKeepsItsLease() throws Exception {
    lookAfter(0);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    for (int beat = 1; beat <= 5; beat++) {
      lookAfter(10);
      assertThat(rig.channel().renew(run, beat)).isEqualTo(Renewal.RENEWED);
    }

    assertThat(lookAfter(10)).isZero();

    assertThat(rig.await(job.id(), JobState.RUNNING).losses()).isZero();
  }

  private int lookAfter(long seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    return watch.look();
  }
}
