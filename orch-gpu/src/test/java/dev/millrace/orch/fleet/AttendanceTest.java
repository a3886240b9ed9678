package dev.millrace.orch.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.id.ProviderId;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class AttendanceTest {
  private static final ProviderId FAR = new ProviderId("far");
  private static final ProviderId NEAR = new ProviderId("near");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Attendance attendance = new Attendance(now::get, Duration.ofNanos(10));

  @Test
  void nobodyIsThereBeforeIsHeardOf() {
    assertThat(attendance.present(FAR)).isFalse();

    assertThat(attendance.heard(FAR)).as("was away").isTrue();

    assertThat(attendance.present(FAR)).isTrue();
  }

  @Test
  void whoIsSilentForTooLongIsAwayUntilHeardOfAgain() {
    attendance.heard(FAR);
    now.addAndGet(9);
    assertThat(attendance.present(FAR)).isTrue();
    assertThat(attendance.heard(FAR)).isFalse();
    now.addAndGet(10);
    assertThat(attendance.present(FAR)).isFalse();
    assertThat(attendance.heard(FAR)).isTrue();
    assertThat(attendance.present(FAR)).isTrue();
  }

  @Test
  void whoIsPartOfTheProcessIsAlwaysThere() {
    attendance.stays(NEAR);
    now.addAndGet(1_000);

    assertThat(attendance.present(NEAR)).isTrue();
    assertThat(attendance.inside(NEAR)).isTrue();
    assertThat(attendance.inside(FAR)).isFalse();
  }
}
