package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Kept;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.run.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that refuse some of it, rules that are lifted, and rounds that meet. */
final class RefusedRetentionTest {
  private static final String LOGS = "{retention: {logs: 1h}}";

  @TempDir Path folder;
  private final Sweeping own = new Sweeping();

  @AfterEach
  void close() throws IOException {
    own.close();
  }

  @Test
  void anObjectWhoseDeletionIsDeniedKeepsNoOtherFromGoingInAnyRound() throws Exception {
    own.open(folder, LOGS);
    RunRef held = own.succeeded("a");
    RunRef other = own.succeeded("b");
    own.rig.clock.move(Duration.ofHours(2));
    own.rig.store.failDeletes(StoreException.Kind.DENIED, Sweeping.log(held)::equals);

    Round round = own.swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.troubles()).singleElement().asString().contains(Sweeping.log(held));
    assertThat(own.there(Sweeping.log(other))).isFalse();

    RunRef next = own.succeeded("c");
    own.rig.clock.move(Duration.ofHours(2));
    assertThat(own.swept().logs()).isEqualTo(1);
    assertThat(own.there(Sweeping.log(next))).isFalse();
    assertThat(own.there(Sweeping.log(held))).isTrue();
  }

  @Test
  void manyHeldObjectsKeepNoOtherFromGoingAndAreTriedInTurns() throws Exception {
    own.open(folder, LOGS);
    // Whoever has asked for a round has the background leave the next ones to it.
    own.swept();
    List<RunRef> runs = own.many(26);
    Set<String> held = runs.stream().skip(1).map(Sweeping::log).collect(Collectors.toSet());
    RunRef free = runs.getFirst();
    own.rig.clock.move(Duration.ofHours(2));
    runs.stream().skip(1).forEach(run -> own.decide(Kept.NO_LOGS, run));
    AtomicInteger refused = new AtomicInteger();
    Set<String> tried = ConcurrentHashMap.newKeySet();
    own.rig.store.failDeletes(
        StoreException.Kind.DENIED,
        key -> {
          boolean stays = held.contains(key);
          if (stays) {
            refused.incrementAndGet();
            tried.add(key);
          }
          return stays;
        });

    assertThat(own.swept().logs()).isEqualTo(1);
    assertThat(own.there(Sweeping.log(free))).isFalse();
    assertThat(refused).hasValue(3);
    for (int i = 0; i < 8; i++) {
      own.swept();
    }
    assertThat(tried).hasSize(25);

    own.rig.store.failDeletes(StoreException.Kind.DENIED, key -> false);
    assertThat(own.swept().logs()).isEqualTo(25);
  }

  @Test
  void whatWasDecidedIsNotDeletedOnceItsRuleIsLifted() throws Exception {
    own.open(folder, LOGS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofHours(2));
    own.decide(Kept.NO_LOGS, run);
    own.rig.close();

    own.again(folder, "{retention: {notices: 30d}}");
    own.rig.store.put("bucket", Sweeping.log(run), "line\n");
    own.rig.clock.move(Duration.ofHours(3));
    assertThat(own.swept().objects()).isZero();
    assertThat(own.there(Sweeping.log(run))).isTrue();
    assertThat(own.openRemovals()).hasSize(1);
    own.rig.close();

    own.again(folder, LOGS);
    own.rig.store.put("bucket", Sweeping.log(run), "line\n");
    own.rig.clock.move(Duration.ofMinutes(59));
    own.swept();
    assertThat(own.there(Sweeping.log(run))).isTrue();
    own.rig.clock.move(Duration.ofMinutes(3));
    assertThat(own.swept().logs()).isEqualTo(1);
  }

  @Test
  void aRoundIsOverInTimeThoughOneJobHasLeftManyFiles() throws Exception {
    own.open(folder, "{retention: {jobs: 1d}}");
    RunRef run = own.succeeded("a");
    for (int i = 0; i < 8; i++) {
      own.rig.store.put("bucket", Manifest.prefix(run) + "out/left" + i, "x");
    }
    own.rig.clock.move(Duration.ofDays(2));
    own.rig.store.failDeletes(
        StoreException.Kind.RETRY,
        key -> {
          own.rig.nanos.addAndGet(Duration.ofMillis(10).toNanos());
          return false;
        });

    Round round =
        own.sweeper()
            .sweep(
                own.rig.retention().rules(),
                own.now(),
                new Sweeper.Bounds(9, Duration.ofMillis(25)));

    assertThat(round.more()).isTrue();
    assertThat(round.jobs()).isZero();
    assertThat(round.objects()).isBetween(1L, 4L);
    assertThat(own.openRemovals()).hasSize(1);
    assertThat(own.swept().jobs()).isEqualTo(1);
    assertThat(own.rig.store.keys("bucket")).containsExactlyInAnyOrder("in/a", "out/a");
  }

  @Test
  void jobsThatCannotBeReachedAreLookedAtInTurns() throws Exception {
    own.open(folder, LOGS);
    own.succeeded("a");
    own.succeeded("b");
    own.rig.clock.move(Duration.ofHours(2));
    AtomicBoolean known = new AtomicBoolean();
    Sweeper sweeper =
        own.sweeper(id -> known.get() ? Optional.of(own.rig.store) : Optional.empty());
    Rules rules = own.rig.retention().rules();
    Sweeper.Bounds one = new Sweeper.Bounds(1, Duration.ofHours(1), 1);

    Round round = sweeper.sweep(rules, own.now(), one);
    assertThat(round.anything()).isFalse();
    assertThat(round.troubles()).singleElement().asString().contains("not configured");

    known.set(true);
    Round behind = sweeper.sweep(rules, own.now(), new Sweeper.Bounds(9, Duration.ofHours(1)));
    assertThat(behind.logs()).isEqualTo(1);
    assertThat(sweeper.sweep(rules, own.now(), one).logs()).isEqualTo(1);
  }

  @Test
  void whoAsksForRoundsIsNotKeptFromTheNextByTheBackground() throws Exception {
    own.open(folder, LOGS);
    own.succeeded("a");
    own.rig.clock.move(Duration.ofHours(2));
    Retention retention = own.rig.retention();
    CountDownLatch under = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    own.rig.store.failDeletes(
        StoreException.Kind.RETRY,
        key -> {
          under.countDown();
          return !waited(go);
        });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Retention.Asked> asked = threads.submit(() -> retention.run(true));
      assertThat(under.await(30, TimeUnit.SECONDS)).isTrue();
      Future<?> turn = threads.submit(own::look);
      turn.get(30, TimeUnit.SECONDS);
      go.countDown();
      assertThat(asked.get()).isInstanceOf(Retention.Asked.Done.class);
    }
    Round made = retention.last().orElseThrow();

    own.look();
    assertThat(retention.last().orElseThrow()).isSameAs(made);
    own.rig.nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    own.look();
    assertThat(retention.last().orElseThrow()).isNotSameAs(made);
  }

  private static boolean waited(CountDownLatch go) {
    try {
      return go.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
