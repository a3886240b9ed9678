package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.RunLog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it, on a coordinator with a store in memory and clocks set by hand. */
final class RetentionTest {
  private static final String LOGS = "{retention: {logs: 1h}}";
  private static final String JOBS = "{retention: {jobs: 1d}}";
  private static final String ALL = "{retention: {logs: 1h, notices: 1h, jobs: 2d}}";

  @TempDir Path folder;
  private Rig rig;

  private void open(String yaml) throws IOException {
    rig = new Rig(folder, yaml);
    rig.deploy("");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  /** A job of this input whose run has ended so, with a log of five bytes. */
  private RunRef ended(String key, RunOutcome outcome, JobState state) throws IOException {
    rig.drop("in/" + key, "x");
    ObjectName input = new ObjectName(StoreId.EMBEDDED, "bucket", "in/" + key);
    Awaitility.await().until(() -> !rig.journal().jobsOf(Rig.MAIN, input, 1).isEmpty());
    JobId job = rig.journal().jobsOf(Rig.MAIN, input, 1).getFirst().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    rig.hand.logBytes = 5;
    rig.store.put("bucket", log(run), "line\n");
    rig.settle(run, outcome, outcome instanceof RunOutcome.Succeeded ? Map.of(key, "y") : Map.of());
    rig.await(job, state);
    Awaitility.await().until(() -> rig.journal().outbox(1).isEmpty());
    Awaitility.await()
        .until(() ->
            rig.store.keys("millrace-orders").stream().noneMatch(k -> k.contains(job.value())));
    Awaitility.await()
        .until(() -> rig.store.keys("bucket").stream().noneMatch(k -> k.contains("/out/")));
    return run;
  }

  private RunRef succeeded(String key) throws IOException {
    return ended(key, new RunOutcome.Succeeded(), JobState.SUCCEEDED);
  }

  private static String log(RunRef run) {
    return Manifest.prefix(run) + Manifest.LOG;
  }

  private Round swept() throws InterruptedException {
    Retention.Asked asked = rig.retention().run(true);
    assertThat(asked).isInstanceOf(Retention.Asked.Done.class);
    return ((Retention.Asked.Done) asked).round();
  }

  private boolean there(String key) {
    return rig.store.bytes("bucket", key).isPresent();
  }

  private List<String> told(String key) throws IOException {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    return rig.desk().explain(Rig.MAIN, name).sentences();
  }

  private List<Removal> openRemovals() {
    return rig.journal().openRemovals(100);
  }

  @Test
  void nothingIsRemovedUnlessTheConfigurationSaysSo() throws Exception {
    open("{}");
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofDays(10_000));
    List<String> before = rig.store.keys("bucket");

    assertThat(rig.retention().run(true)).isEqualTo(new Retention.Asked.Off());

    assertThat(rig.store.keys("bucket")).isEqualTo(before).contains(log(run));
  }

  @Test
  void aLogGoesWhenItsTimeHasComeAndIsSaidToBeRemoved() throws Exception {
    open(LOGS);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofMinutes(59));
    assertThat(swept().logs()).isZero();
    assertThat(there(log(run))).isTrue();

    rig.clock.move(Duration.ofMinutes(2));
    Round round = swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.logBytes()).isEqualTo(5);
    assertThat(rig.store.keys("bucket"))
        .containsExactlyInAnyOrder(
            "in/a",
            "out/a",
            Manifest.prefix(run) + Manifest.NAME,
            ".millrace/" + run.attempt().job() + "/published");
    assertThat(rig.desk().log(Rig.MAIN, run.attempt()))
        .isEqualTo(new RunLog.Gone("it was removed at 2026-03-01T11:01:02.010Z by retention.logs"));
    assertThat(told("in/a"))
        .contains("Its logs were removed at 2026-03-01T11:01:02.010Z by retention.logs.");
    assertThat(swept().anything()).isFalse();
  }

  @Test
  void ofAJobNothingIsLeftThenButWhatTellsWhichItWas() throws Exception {
    open(ALL);
    RunRef run = succeeded("a");
    JobId job = run.attempt().job();
    rig.clock.move(Duration.ofDays(3));

    Round round = swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.jobs()).isEqualTo(1);
    assertThat(round.notices()).isEqualTo(1);
    assertThat(rig.store.keys("bucket")).containsExactlyInAnyOrder("in/a", "out/a");
    assertThat(rig.journal().attempts(Rig.MAIN, job)).isEmpty();
    assertThat(rig.desk().log(Rig.MAIN, run.attempt()))
        .isInstanceOfSatisfying(
            RunLog.Gone.class, gone -> assertThat(gone.reason()).contains("by retention.jobs"));
    assertThat(told("in/a"))
        .anyMatch(s -> s.startsWith("Job " + job) && s.contains("is succeeded"))
        .anyMatch(s -> s.startsWith("Its attempts, steps and logs were removed at"))
        .anyMatch(s -> s.startsWith("Attempt 1 is entry 0 of the ledger"))
        .anyMatch(s -> s.startsWith("It published s3://bucket/out/a"))
        .anyMatch(s -> s.contains("were removed by retention.notices"));
    assertThat(told("out/a")).anyMatch(s -> s.startsWith("It was written as an output of job"));
    assertThat(rig.desk().ledger().verify(null)).isInstanceOf(Ledger.Verification.Sound.class);
    assertThat(rig.desk().job(Rig.MAIN, job).orElseThrow().split()).isNull();
  }

  @Test
  void anObjectThatIsStillThereIsNoNewJobAfterItsOwnWasCutDown() throws Exception {
    open(ALL);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofDays(3));
    swept();
    rig.restart();

    rig.notice(new ObjectName(StoreId.EMBEDDED, "bucket", "in/a"));
    Awaitility.await().until(() -> rig.journal().pendingNotices(0, 9).isEmpty());

    assertThat(rig.jobs()).extracting(Job::id).containsExactly(run.attempt().job());
    assertThat(told("in/a")).anyMatch(s -> s.contains("a duplicate"));
  }

  @Test
  void theSameBytesPutAgainAreANewJobAfterwardsToo() throws Exception {
    open(ALL);
    succeeded("a");
    rig.clock.move(Duration.ofDays(3));
    swept();

    rig.drop("in/a", "x");

    Awaitility.await().until(() -> rig.jobs().size() == 2);
  }

  @Test
  void aDeadJobKeepsEverythingAndIsRedriven() throws Exception {
    open(ALL);
    RunRef run = ended("a", new RunOutcome.Broken("it broke", false), JobState.DEAD);
    rig.clock.move(Duration.ofDays(1000));

    Round round = swept();

    assertThat(round.logs() + round.jobs()).isZero();
    assertThat(there(log(run))).isTrue();
    assertThat(told("in/a")).anyMatch(s -> s.contains("ends with:\nline"));
    assertThat(rig.desk().redrive(Rig.MAIN, run.attempt().job()))
        .isEqualTo(new FrontDesk.Answer.Ok());
    rig.await(run.attempt().job(), JobState.STAGED);
  }

  @Test
  void whoIsKilledAfterTheDecisionIsFollowedByOneThatFinishes() throws Exception {
    open(ALL);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofHours(2));
    decide(Kept.NO_LOGS, run);

    rig.restart();
    assertThat(openRemovals()).hasSize(1);
    assertThat(there(log(run))).isTrue();
    assertThat(text(rig.desk().log(Rig.MAIN, run.attempt()))).isEqualTo("line\n");

    assertThat(swept().logs()).isEqualTo(1);
    assertThat(openRemovals()).isEmpty();
    assertThat(there(log(run))).isFalse();
  }

  private void decide(Kept kept, RunRef run) {
    Transition begin =
        new Transition.BeginRemoval(
            kept,
            rig.clock.instant(),
            List.of(new Transition.JobRef(Rig.MAIN, run.attempt().job())),
            rig.clock.instant());
    assertThat(rig.journal().commit(begin))
        .isInstanceOf(dev.millrace.orch.journal.Commit.Committed.class);
  }

  private static String text(RunLog log) throws IOException {
    assertThat(log).isInstanceOf(RunLog.Text.class);
    try (var bytes = ((RunLog.Text) log).bytes()) {
      return new String(bytes.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  @Test
  void whoIsKilledBetweenTwoDeletionsIsFollowedByOneThatFinishes() throws Exception {
    open(JOBS);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofDays(2));
    decide(Kept.IDENTITY, run);
    rig.store.delete("bucket", log(run));
    rig.restart();

    assertThat(told("in/a")).anyMatch(s -> s.contains("which is not finished"));
    assertThat(swept().jobs()).isEqualTo(1);

    assertThat(rig.store.keys("bucket")).containsExactlyInAnyOrder("in/a", "out/a");
    assertThat(openRemovals()).isEmpty();
  }

  @Test
  void whoIsKilledAfterTheLastDeletionIsFollowedByOneThatFinishes() throws Exception {
    open(JOBS);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofDays(2));
    decide(Kept.IDENTITY, run);
    rig.store.keys("bucket").stream()
        .filter(key -> key.startsWith(".millrace/"))
        .forEach(this::deleteByHand);
    rig.restart();

    assertThat(swept().jobs()).isEqualTo(1);
    assertThat(rig.journal().attempts(Rig.MAIN, run.attempt().job())).isEmpty();
  }

  private void deleteByHand(String key) {
    try {
      rig.store.delete("bucket", key);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsDecidedStaysUndoneWhereRetentionIsTurnedOff() throws Exception {
    open(LOGS);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofHours(2));
    decide(Kept.NO_LOGS, run);
    rig.close();

    rig = new Rig(folder, "{}");
    assertThat(rig.retention().run(true)).isEqualTo(new Retention.Asked.Off());
    assertThat(openRemovals()).hasSize(1);
  }

  @Test
  void aStoreThatRefusesOneDeletionKeepsNoOtherFromGoing() throws Exception {
    open(LOGS);
    RunRef held = succeeded("a");
    RunRef other = succeeded("b");
    rig.clock.move(Duration.ofHours(2));
    rig.store.failDeletes(StoreException.Kind.GIVE_UP, log(held)::equals);

    Round round = swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.troubles()).singleElement().asString().contains(log(held));
    assertThat(there(log(other))).isFalse();
    assertThat(text(rig.desk().log(Rig.MAIN, held.attempt()))).isEqualTo("line\n");
    assertThat(openRemovals()).hasSize(1);

    rig.store.failDeletes(StoreException.Kind.GIVE_UP, key -> false);
    assertThat(swept().logs()).isEqualTo(1);
    assertThat(there(log(held))).isFalse();
  }

  @Test
  void aStoreThatIsAwayIsAskedOnceARound() throws Exception {
    open(LOGS);
    for (String key : List.of("a", "b", "c")) {
      succeeded(key);
    }
    rig.clock.move(Duration.ofHours(2));
    rig.store.failDeletes(StoreException.Kind.RETRY, key -> true);
    int before = rig.store.deletions.get();

    Round round = swept();

    assertThat(round.anything()).isFalse();
    assertThat(round.troubles()).hasSize(1);
    assertThat(rig.store.deletions.get()).isEqualTo(before);

    rig.store.failDeletes(StoreException.Kind.RETRY, key -> false);
    assertThat(swept().logs()).isEqualTo(3);
  }

  @Test
  void aClockThatJumpsAYearAgesNothingByMoreThanADayAnHour() throws Exception {
    open("{retention: {logs: 36h}}");
    RunRef run = succeeded("a");
    assertThat(rig.retention().run(false)).isInstanceOf(Retention.Asked.Done.class);

    rig.clock.move(Duration.ofDays(365));
    rig.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    rig.retention().run(false);
    assertThat(there(log(run))).isTrue();
    Due due = rig.retention().due(rig.retention().rules());
    assertThat(Duration.between(due.counted(), due.wall())).isGreaterThan(Duration.ofDays(364));

    rig.nanos.addAndGet(Duration.ofHours(1).toNanos());
    rig.retention().run(false);
    assertThat(there(log(run))).isTrue();

    rig.nanos.addAndGet(Duration.ofHours(1).toNanos());
    rig.retention().run(false);
    assertThat(there(log(run))).isFalse();
  }

  @Test
  void aClockThatGoesBackRemovesNothing() throws Exception {
    open(LOGS);
    RunRef run = succeeded("a");
    rig.clock.move(Duration.ofMinutes(30));
    swept();
    rig.clock.move(Duration.ofDays(-400));
    rig.nanos.addAndGet(Duration.ofDays(2).toNanos());

    assertThat(swept().anything()).isFalse();
    assertThat(there(log(run))).isTrue();
  }

  @Test
  void aRestartDoesNotForgetWhatTimeItBelieves() throws Exception {
    open("{retention: {logs: 36h}}");
    RunRef run = succeeded("a");
    rig.retention().run(false);
    rig.clock.move(Duration.ofDays(365));

    rig.restart();
    rig.retention().run(false);

    assertThat(there(log(run))).isTrue();
  }

  @Test
  void whoFollowsEventsHearsOfJobsAloneAndMissesNone() throws Exception {
    open(ALL);
    List<PipelineEvent> heard = new CopyOnWriteArrayList<>();
    try (FrontDesk.Subscription following = rig.desk().subscribe(Rig.MAIN, heard::add)) {
      succeeded("a");
      rig.clock.move(Duration.ofDays(3));
      int before = heard.size();

      assertThat(swept().jobs()).isEqualTo(1);
      assertThat(heard).hasSize(before);

      succeeded("b");
      assertThat(heard.subList(before, heard.size()))
          .extracting(PipelineEvent::key)
          .containsOnly("in/b");
    }
  }

  @Test
  void oneRoundTakesNoMoreThanItMay() throws Exception {
    open(LOGS);
    for (String key : List.of("a", "b", "c")) {
      succeeded(key);
    }
    rig.clock.move(Duration.ofHours(2));

    Round round = sweeper().sweep(rig.retention().rules(), now(), bounds(2));

    assertThat(round.logs()).isEqualTo(2);
    assertThat(round.more()).isTrue();
    assertThat(swept().logs()).isEqualTo(1);
  }

  @Test
  void aRoundWhoseTimeIsOverLeavesTheRestToTheNext() throws Exception {
    open(LOGS);
    succeeded("a");
    rig.clock.move(Duration.ofHours(2));

    Round round =
        sweeper()
            .sweep(rig.retention().rules(), now(), new Sweeper.Bounds(9, Duration.ofNanos(-1)));

    assertThat(round.anything()).isFalse();
    assertThat(round.more()).isTrue();
    assertThat(swept().logs()).isEqualTo(1);
  }

  private Sweeper sweeper() {
    return new Sweeper(
        rig.journal(),
        new Recorder(rig.journal()),
        new OwnObjects(
            id -> Optional.of(rig.store), new Places(StoreId.EMBEDDED, "millrace-orders")),
        rig.nanos::get);
  }

  private static Sweeper.Bounds bounds(long most) {
    return new Sweeper.Bounds(most, Duration.ofHours(1));
  }

  private CarefulClock.Reading now() {
    Instant now = rig.clock.instant();
    return new CarefulClock.Reading(now, now);
  }

  @Test
  void severalMaySweepAtOnce() throws Exception {
    open(ALL);
    for (int i = 0; i < 6; i++) {
      succeeded("k" + i);
    }
    rig.clock.move(Duration.ofDays(3));
    CarefulClock.Reading now = now();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Rules rules = rig.retention().rules();
      List<Future<Round>> rounds =
          List.of(
              threads.submit(() -> sweeper().sweep(rules, now, bounds(1000))),
              threads.submit(() -> sweeper().sweep(rules, now, bounds(1000))),
              threads.submit(() -> sweeper().sweep(rules, now, bounds(1000))));
      for (Future<Round> round : rounds) {
        assertThat(round.get().troubles()).isEmpty();
      }
    }
    assertThat(swept().anything()).isFalse();
    assertThat(openRemovals()).isEmpty();
    assertThat(rig.store.keys("bucket")).allMatch(k -> k.startsWith("in/") || k.startsWith("out/"));
    assertThat(rig.journal().endedCount(Kept.ALL, now.wall())).isZero();
  }

  @Test
  void whatWouldGoIsToldBeforeAnyRuleIsThere() throws Exception {
    open("{}");
    succeeded("a");
    ended("b", new RunOutcome.Broken("it broke", false), JobState.DEAD);
    rig.clock.move(Duration.ofDays(3));
    rig.journal()
        .commit(new Transition.KeepMark(dev.millrace.orch.journal.Mark.CLOCK, rig.clock.instant()));

    Due due = rig.retention().due(Rules.of("30h", "1h", "2d"));

    assertThat(due.logs()).isEqualTo(new Due.Logs(1, 1, 1, 5));
    assertThat(due.jobs().jobs()).isEqualTo(1);
    assertThat(due.jobs().bytes()).isPositive();
    assertThat(due.notices()).isEqualTo(2);
    assertThat(due.leases()).isEqualTo(2);
    assertThat(due.entries()).isEqualTo(2);
    assertThat(rig.retention().due(Rules.of("4d", "never", "4d")).logs().jobs()).isZero();
    assertThat(rig.journal().passing(Passing.NOTICES, 0, 9)).hasSize(2);
  }
}
