package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SweepPauseTest {
  @ParameterizedTest
  @CsvSource({
    "PT30S, PT0S, PT30S",
    "PT30S, PT1.5S, PT30S",
    "PT30S, PT2S, PT40S",
    "PT30S, PT10S, PT3M20S",
    "PT1S, PT0.2S, PT4S",
    "PT0.1S, PT0.001S, PT0.1S"
  })
  void aSweepTakesATwentiethOfTheTime(Duration interval, Duration took, Duration pause) {
    assertThat(SweepPause.afterSweep(interval, took)).isEqualTo(pause);
  }

  @ParameterizedTest
  @CsvSource({"PT30S, PT20S, PT5M20S", "PT30S, PT10M, PT15M", "PT1H, PT10M, PT1H"})
  void fiveMinutesAfterALongOneTheNextIsDueUnlessTheIntervalIsLonger(
      Duration interval, Duration took, Duration pause) {
    assertThat(SweepPause.afterSweep(interval, took)).isEqualTo(pause);
  }

  @Test
  void afterOneThatFailedTheIntervalIsWaitedForHoweverLongItTook() {
    Duration interval = Duration.ofSeconds(30);

    assertThat(SweepPause.afterFailure(interval, Duration.ofSeconds(30)))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(SweepPause.afterFailure(interval, Duration.ZERO)).isEqualTo(interval);
  }
}
