package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.channel.FakeCoordinator;
import dev.millrace.runtime.unit.LeaseKeeper.Standing;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run may still do, by the time that it was awake; a lease here lasts an hour. */
class LeaseKeeperTest {
  private static final Duration LEASE = Duration.ofHours(1);

  private final AtomicLong nanos = new AtomicLong();
  private final RunRef run = Samples.run();
  private final FakeCoordinator coordinator =
      new FakeCoordinator(
          TrustedKeys.of(SigningKey.generate().publicKey()), key -> URI.create("http://unused"));

  private Standing after(LeaseKeeper keeper, Duration passed) {
    nanos.addAndGet(passed.toNanos());
    return keeper.standing();
  }

  private LeaseKeeper keeper(Duration lease) {
    coordinator.winners.put(run.attempt(), run.run());
    return new LeaseKeeper(coordinator, run, lease, beat -> {}, nanos::get);
  }

  @Test
  void aStandstillOfItsOwnIsNoSilenceOfTheCoordinator() {
    try (LeaseKeeper keeper = keeper(LEASE)) {
      after(keeper, Duration.ofMinutes(10));
      after(keeper, Duration.ofMinutes(10));

      assertThat(after(keeper, Duration.ofDays(2))).isEqualTo(Standing.HELD);
      assertThat(after(keeper, Duration.ofMinutes(10))).isEqualTo(Standing.HELD);
    }
  }

  @Test
  void silenceThatItWasAwakeForEndsTheLeaseBehindAStandstillToo() {
    try (LeaseKeeper keeper = keeper(LEASE)) {
      after(keeper, Duration.ofDays(2));
      for (int tenMinutes = 2; tenMinutes < 6; tenMinutes++) {
        assertThat(after(keeper, Duration.ofMinutes(10))).isEqualTo(Standing.HELD);
      }

      assertThat(after(keeper, Duration.ofMinutes(10))).isEqualTo(Standing.UNREACHABLE);
    }
  }

  /** The coordinator had its reasons meanwhile: its word counts at once. */
  @Test
  @Timeout(20)
  void aLeaseThatRanOutDuringAStandstillIsToldOfByTheFirstAnswer() {
    Duration lease = Duration.ofMillis(600);
    try (LeaseKeeper keeper = keeper(lease)) {
      coordinator.winners.remove(run.attempt());
      nanos.addAndGet(Duration.ofDays(2).toNanos());
      keeper.start(0);

      assertThatThrownBy(() -> keeper.guard(false, LeaseKeeperTest::forEver))
          .isInstanceOfSatisfying(
              LeaseLost.class, lost -> assertThat(lost.standing()).isEqualTo(Standing.STALE));
    }
  }

  /** Nobody reads the clock but the keeper itself, which waits for an answer that never comes. */
  @Test
  @Timeout(20)
  void aRenewalThatHangsDoesNotKeepTheWorkFromEnding() {
    CountDownLatch never = new CountDownLatch(1);
    LeaseKeeper keeper =
        new LeaseKeeper(
            coordinator,
            run,
            Duration.ofMillis(300),
            beat -> uninterruptibly(never),
            System::nanoTime);
    try (keeper) {
      keeper.start(0);

      assertThatThrownBy(() -> keeper.guard(false, LeaseKeeperTest::forEver))
          .isInstanceOfSatisfying(
              LeaseLost.class, lost -> assertThat(lost.standing()).isEqualTo(Standing.UNREACHABLE));
    } finally {
      never.countDown();
    }
  }

  private static String forEver() throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError("nobody counts it down");
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
