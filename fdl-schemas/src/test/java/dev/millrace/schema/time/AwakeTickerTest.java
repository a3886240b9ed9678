package dev.millrace.schema.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AwakeTickerTest {
  /** Not far from where the machine's own may overflow. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  private final AwakeTicker ticker = new AwakeTicker(nanos::get, Duration.ofNanos(10));

  private long after(long passed) {
    nanos.addAndGet(passed);
    return ticker.nanos();
  }

  @Test
  void countsEveryStepThatIsNotLongerThanTheStride() {
    assertThat(ticker.nanos()).isZero();
    assertThat(after(10)).isEqualTo(10);
    assertThat(after(0)).isEqualTo(10);
    assertThat(after(7)).isEqualTo(17);
  }

  @Test
  void countsAStrideOfAStandstillAndGoesOn() {
    after(3);
    assertThat(after(1_000_000)).isEqualTo(13);
    assertThat(after(4)).isEqualTo(17);
  }

  @Test
  void neverStandsForOneWhoAlwaysReadsLate() {
    for (int reading = 0; reading < 5; reading++) {
      after(11);
    }
    assertThat(ticker.nanos()).isEqualTo(50);
  }

  @Test
  void refusesAStrideThatWouldStand() {
    assertThatThrownBy(() -> new AwakeTicker(nanos::get, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
