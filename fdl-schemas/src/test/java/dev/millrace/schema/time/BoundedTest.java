package dev.millrace.schema.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class BoundedTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void whatEndsIsWaitedFor() throws Exception {
    AtomicReference<String> name = new AtomicReference<>("");

    assertThat(
            Bounded.done(
                "worker",
                LONG,
                () -> {
                  name.set(Thread.currentThread().getName());
                  return "";
                }))
        .isTrue();
    assertThat(name).hasValue("worker");
  }

  @Test
  void whatHangsIsNot() throws Exception {
    CountDownLatch never = new CountDownLatch(1);

    assertThat(Bounded.done("worker", Duration.ofMillis(20), () -> awaited(never))).isFalse();
    never.countDown();
  }

  @Test
  void whatFailsIsTold() {
    assertThatThrownBy(() ->
            Bounded.done(
                "worker",
                LONG,
                () -> {
                  throw new IOException("no");
                }))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
  }

  @Test
  void whoIsInterruptedWaitsNoLongerAndStaysSo() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Thread.currentThread().interrupt();

    assertThat(Bounded.done("worker", LONG, () -> awaited(never))).isFalse();
    assertThat(Thread.interrupted()).isTrue();
    never.countDown();
  }

  private static String awaited(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return "";
  }
}
