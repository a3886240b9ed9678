package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ComplaintsTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final List<String> said = new ArrayList<>();
  private final Complaints complaints =
      new Complaints(Duration.ofMinutes(1), nanos::get, said::add);

  @Test
  void theSameIsSaidOnceAMinute() {
    for (int second = 0; second < 61; second++) {
      complaints.hear("orders", "refused");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    }

    assertThat(said).containsExactly("orders: refused", "orders: refused");
  }

  @Test
  void anotherIsSaidAtOnce() {
    complaints.hear("orders", "refused");
    complaints.hear("orders", "away");
    complaints.hear("bucket", "away");

    assertThat(said).containsExactly("orders: refused", "orders: away", "bucket: away");
  }
}
