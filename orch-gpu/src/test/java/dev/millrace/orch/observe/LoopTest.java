package dev.millrace.orch.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that does one thing again and again. */
@Timeout(30)
final class LoopTest {
  private final AtomicInteger rounds = new AtomicInteger();

  @Test
  void aRoundThatFailsIsMadeAgain() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    try (Loop loop = Loop.start("rounds", () -> failOnce(second))) {
      assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(loop).isNotNull();
    }

    assertThat(rounds).hasValue(2);
  }

  private void failOnce(CountDownLatch second) throws InterruptedException {
    if (rounds.incrementAndGet() == 1) {
      throw new IllegalStateException("the first fails");
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
