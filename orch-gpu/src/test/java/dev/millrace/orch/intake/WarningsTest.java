package dev.millrace.orch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class WarningsTest {
  private final AtomicLong now = new AtomicLong();

  @Test
  void eachThingIsSaidOnceAMinuteWithHowOftenItWasKeptBack() {
    Warnings warnings = new Warnings(now::get);

    assertThat(warnings.due("a")).hasValue(0);
    assertThat(warnings.due("a")).isEmpty();
    assertThat(warnings.due("b")).hasValue(0);
    now.addAndGet(Duration.ofSeconds(59).toNanos());
    assertThat(warnings.due("a")).isEmpty();
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(warnings.due("a")).hasValue(2);
    assertThat(warnings.due("a")).isEmpty();
  }
}
