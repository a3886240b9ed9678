package dev.millrace.orch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class InflowTest {
  private long nanos = -5;
  private final Inflow inflow = new Inflow(() -> nanos);

  private void pass(long millis) {
    nanos += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void manyOneAfterTheOtherAreNoFlood() {
    for (int i = 0; i < 10_000; i++) {
      inflow.begins();
      assertThat(inflow.pours()).isFalse();
      inflow.ends();
    }
  }

  @Test
  void manyAtOnceAreOneUntilTheyCease() {
    for (int i = 0; i < 8; i++) {
      assertThat(inflow.pours()).isFalse();
      inflow.begins();
    }
    assertThat(inflow.pours()).as("at once").isTrue();
    pass(60_000);
    assertThat(inflow.pours()).as("they wait still").isTrue();
    for (int i = 0; i < 8; i++) {
      inflow.ends();
    }
    pass(250);
    assertThat(inflow.pours()).as("the window before still counts").isTrue();
    pass(250);
    assertThat(inflow.pours()).isFalse();
  }
}
