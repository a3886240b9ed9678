package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rounds that are killed, refused, bounded, or not alone. */
final class BrokenOffRetentionTest {
  private static final String LOGS = "{retention: {logs: 1h}}";
  private static final String JOBS = "{retention: {jobs: 1d}}";
  private static final String ALL = "{retention: {logs: 1h, notices: 1h, jobs: 2d}}";

  @TempDir Path folder;
  private final Sweeping own = new Sweeping();

  @AfterEach
  void close() throws IOException {
    own.close();
  }

  @Test
  void whoIsKilledAfterTheDecisionIsFollowedByOneThatFinishes() throws Exception {
    own.open(folder, ALL);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofHours(2));
    own.decide(Kept.NO_LOGS, run);

    own.rig.restart();
    assertThat(own.openRemovals()).hasSize(1);
    assertThat(own.there(own.log(run))).isTrue();
    assertThat(own.text(own.rig.desk().log(Rig.MAIN, run.attempt()))).isEqualTo("line\n");

    assertThat(own.swept().logs()).isEqualTo(1);
    assertThat(own.openRemovals()).isEmpty();
    assertThat(own.there(own.log(run))).isFalse();
  }

  @Test
  void whoIsKilledBetweenTwoDeletionsIsFollowedByOneThatFinishes() throws Exception {
    own.open(folder, JOBS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(2));
    own.decide(Kept.IDENTITY, run);
    own.rig.store.delete("bucket", own.log(run));
    own.rig.restart();

    assertThat(own.told("in/a")).anyMatch(s -> s.contains("which is not finished"));
    assertThat(own.swept().jobs()).isEqualTo(1);

    assertThat(own.rig.store.keys("bucket")).containsExactlyInAnyOrder("in/a", "out/a");
    assertThat(own.openRemovals()).isEmpty();
  }

  @Test
  void whoIsKilledAfterTheLastDeletionIsFollowedByOneThatFinishes() throws Exception {
    own.open(folder, JOBS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(2));
    own.decide(Kept.IDENTITY, run);
    own.rig.store.keys("bucket").stream()
        .filter(key -> key.startsWith(".millrace/"))
        .forEach(own::deleteByHand);
    own.rig.restart();

    assertThat(own.swept().jobs()).isEqualTo(1);
    assertThat(own.rig.journal().attempts(Rig.MAIN, run.attempt().job())).isEmpty();
  }

  @Test
  void whatIsDecidedStaysUndoneWhereRetentionIsTurnedOff() throws Exception {
    own.open(folder, LOGS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofHours(2));
    own.decide(Kept.NO_LOGS, run);
    own.rig.close();

    own.again(folder, "{}");
    assertThat(own.rig.retention().run(true)).isEqualTo(new Retention.Asked.Off());
    assertThat(own.openRemovals()).hasSize(1);
  }

  @Test
  void aStoreThatRefusesOneDeletionKeepsNoOtherFromGoing() throws Exception {
    own.open(folder, LOGS);
    RunRef held = own.succeeded("a");
    RunRef other = own.succeeded("b");
    own.rig.clock.move(Duration.ofHours(2));
    own.rig.store.failDeletes(StoreException.Kind.GIVE_UP, own.log(held)::equals);

    Round round = own.swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.troubles()).singleElement().asString().contains(own.log(held));
    assertThat(own.there(own.log(other))).isFalse();
    assertThat(own.text(own.rig.desk().log(Rig.MAIN, held.attempt()))).isEqualTo("line\n");
    assertThat(own.openRemovals()).hasSize(1);

    own.rig.store.failDeletes(StoreException.Kind.GIVE_UP, key -> false);
    assertThat(own.swept().logs()).isEqualTo(1);
    assertThat(own.there(own.log(held))).isFalse();
  }

  @Test
  void aStoreThatIsAwayIsAskedOnceARound() throws Exception {
    own.open(folder, LOGS);
    for (String key : List.of("a", "b", "c")) {
      own.succeeded(key);
    }
    own.rig.clock.move(Duration.ofHours(2));
    own.rig.store.failDeletes(StoreException.Kind.RETRY, key -> true);
    int before = own.rig.store.deletions.get();

    Round round = own.swept();

    assertThat(round.anything()).isFalse();
    assertThat(round.troubles()).hasSize(1);
    assertThat(own.rig.store.deletions.get()).isEqualTo(before);

    own.rig.store.failDeletes(StoreException.Kind.RETRY, key -> false);
    assertThat(own.swept().logs()).isEqualTo(3);
  }

  @Test
  void oneRoundTakesNoMoreThanItMay() throws Exception {
    own.open(folder, LOGS);
    for (String key : List.of("a", "b", "c")) {
      own.succeeded(key);
    }
    own.rig.clock.move(Duration.ofHours(2));

    Round round = own.sweeper().sweep(own.rig.retention().rules(), own.now(), own.bounds(2));

    assertThat(round.logs()).isEqualTo(2);
    assertThat(round.more()).isTrue();
    assertThat(own.swept().logs()).isEqualTo(1);
  }

  @Test
  void aRoundWhoseTimeIsOverLeavesTheRestToTheNext() throws Exception {
    own.open(folder, LOGS);
    own.succeeded("a");
    own.rig.clock.move(Duration.ofHours(2));

    Round round =
        own.sweeper()
            .sweep(
                own.rig.retention().rules(),
                own.now(),
                new Sweeper.Bounds(9, Duration.ofNanos(-1)));

    assertThat(round.anything()).isFalse();
    assertThat(round.more()).isTrue();
    assertThat(own.swept().logs()).isEqualTo(1);
  }

  @Test
  void severalMaySweepAtOnce() throws Exception {
    own.open(folder, ALL);
    for (int i = 0; i < 6; i++) {
      own.succeeded("k" + i);
    }
    own.rig.clock.move(Duration.ofDays(3));
    CarefulClock.Reading now = own.now();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Rules rules = own.rig.retention().rules();
      List<Future<Round>> rounds =
          List.of(
              threads.submit(() -> own.sweeper().sweep(rules, now, own.bounds(1000))),
              threads.submit(() -> own.sweeper().sweep(rules, now, own.bounds(1000))),
              threads.submit(() -> own.sweeper().sweep(rules, now, own.bounds(1000))));
      for (Future<Round> round : rounds) {
        assertThat(round.get().troubles()).isEmpty();
      }
    }
    assertThat(own.swept().anything()).isFalse();
    assertThat(own.openRemovals()).isEmpty();
    assertThat(own.rig.store.keys("bucket"))
        .allMatch(k -> k.startsWith("in/") || k.startsWith("out/"));
    assertThat(own.rig.journal().endedCount(Kept.ALL, now.wall(), 99)).isZero();
  }
}
