package dev.millrace.orch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.Ulids;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignalsTest {
  private final Signals signals = new Signals();
  private final JobId job = new Ulids(InstantSource.system(), new Random(1)).job();

  @Test
  void aJobIsDrivenByOneThread() {
    assertThat(signals.open(job)).isPresent();
    assertThat(signals.open(job)).isEmpty();
  }

  /** Otherwise the job would count as driven for ever, its slice be held, and nobody drive it. */
  @Test
  void aRingAfterTheEndDoesNotKeepTheNextThreadFromDriving() {
    signals.open(job);
    signals.close(job);

    signals.ring(job);

    assertThat(signals.open(job)).isPresent();
    assertThat(signals.open()).isEqualTo(1);
  }
}
