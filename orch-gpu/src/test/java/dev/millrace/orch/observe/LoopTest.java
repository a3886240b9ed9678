package dev.millrace.orch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thread that does one thing again and again. */
@Timeout(30)
final class LoopTest {
  private final AtomicInteger rounds = new AtomicInteger();

  @ParameterizedTest
  @MethodSource("failures")
  void aRoundThatFailsIsMadeAgain(Throwable failure) throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    try (Loop loop = Loop.start("rounds", () -> failOnce(failure, second))) {
      assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(loop).isNotNull();
    }

    assertThat(rounds).hasValue(2);
  }

  private static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("the first fails"),
        new IOException("no answer"),
        new NoClassDefFoundError("a/Part"));
  }

  private void failOnce(Throwable failure, CountDownLatch second) throws Exception {
    if (rounds.incrementAndGet() == 1) {
      switch (failure) {
        case Exception e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    }
    second.countDown();
    new CountDownLatch(1).await();
  }

  /** As the JDK's client does to whom it answers: the interrupt is spent, and another word said. */
  @Test
  void closingEndsARoundThatTellsOfItsInterruptOtherwise() throws Exception {
    CountDownLatch waits = new CountDownLatch(1);
    Loop loop = Loop.start("rounds", () -> waitAndTellOtherwise(waits));
    waits.await();

    loop.close();

    assertThat(rounds).hasValue(1);
  }

  private void waitAndTellOtherwise(CountDownLatch waits) {
    rounds.incrementAndGet();
    waits.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new CancellationException("interrupted, in other words");
    }
  }
}
