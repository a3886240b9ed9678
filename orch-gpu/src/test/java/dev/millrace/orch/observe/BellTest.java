package dev.millrace.orch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class BellTest {
  private static final Duration MOMENT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(20);

  @Test
  void ringsThatComeWhileMoreIsGatheredAreOneWithTheFirst() throws Exception {
    Bell bell = new Bell();
    AtomicInteger rounds = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    bell.ring();
    try (Loop loop =
        Loop.start(
            "gathering",
            () -> {
              bell.gather(MOMENT, LONG);
              rounds.incrementAndGet();
              first.countDown();
            })) {
      for (int i = 0; i < 5; i++) {
        bell.ring();
      }
      first.await();

      assertThat(loop).isNotNull();
      assertThat(rounds).hasValue(1);
    }
  }

  @Test
  void aRingThatComesBehindTheGatheringIsHeardByTheNext() throws Exception {
    Bell bell = new Bell();
    bell.ring();
    bell.gather(Duration.ofMillis(1), LONG);
    bell.ring();
    long began = System.nanoTime();

    bell.gather(Duration.ofMillis(1), LONG);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
  }

  @Test
  void whereNothingRingsItReturnsAllTheSame() throws Exception {
    long began = System.nanoTime();

    new Bell().gather(LONG, MOMENT);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isBetween(MOMENT, LONG);
  }
}
