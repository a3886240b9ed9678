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
  void aFewAreNoFlood() {
    for (int i = 0; i < 100; i++) {
      inflow.came(9);
      pass(10);
      assertThat(inflow.pours()).isFalse();
    }
  }

  @Test
  void moreThanAThousandASecondAreOneUntilTheyCease() {
    for (int i = 0; i < 50; i++) {
      inflow.came(20);
      pass(10);
    }
    assertThat(inflow.pours()).isTrue();
    pass(240);
    assertThat(inflow.pours()).as("the window before still counts").isTrue();
    pass(260);
    assertThat(inflow.pours()).isFalse();
    inflow.came(250);
    assertThat(inflow.pours()).isFalse();
    inflow.came(1);
    assertThat(inflow.pours()).as("at once").isTrue();
    pass(60_000);
    assertThat(inflow.pours()).isFalse();
  }
}
