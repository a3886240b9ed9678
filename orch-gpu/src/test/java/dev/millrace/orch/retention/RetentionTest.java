package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.RunLog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes and what stays, on a coordinator with a store in memory and clocks set by hand. */
final class RetentionTest {
  private static final String LOGS = "{retention: {logs: 1h}}";
  private static final String ALL = "{retention: {logs: 1h, notices: 1h, jobs: 2d}}";

  @TempDir Path folder;
  private final Sweeping own = new Sweeping();

  @AfterEach
  void close() throws IOException {
    own.close();
  }

  @Test
  void nothingIsRemovedUnlessTheConfigurationSaysSo() throws Exception {
    own.open(folder, "{}");
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(10_000));
    List<String> before = own.rig.store.keys("bucket");

    assertThat(own.rig.retention().run(true)).isEqualTo(new Retention.Asked.Off());

    assertThat(own.rig.store.keys("bucket")).isEqualTo(before).contains(own.log(run));
  }

  @Test
  void aLogGoesWhenItsTimeHasComeAndIsSaidToBeRemoved() throws Exception {
    own.open(folder, LOGS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofMinutes(59));
    assertThat(own.swept().logs()).isZero();
    assertThat(own.there(own.log(run))).isTrue();

    own.rig.clock.move(Duration.ofMinutes(2));
    Round round = own.swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.logBytes()).isEqualTo(5);
    assertThat(own.rig.store.keys("bucket"))
        .containsExactlyInAnyOrder(
            "in/a",
            "out/a",
            Manifest.prefix(run) + Manifest.NAME,
            ".millrace/" + run.attempt().job() + "/published");
    assertThat(own.rig.desk().log(Rig.MAIN, run.attempt()))
        .isEqualTo(new RunLog.Gone("it was removed at 2026-03-01T11:01:02.010Z by retention.logs"));
    assertThat(own.told("in/a"))
        .contains("Its logs were removed at 2026-03-01T11:01:02.010Z by retention.logs.");
    assertThat(own.swept().anything()).isFalse();
  }

  @Test
  void ofAJobNothingIsLeftThenButWhatTellsWhichItWas() throws Exception {
    own.open(folder, ALL);
    RunRef run = own.succeeded("a");
    JobId job = run.attempt().job();
    own.rig.clock.move(Duration.ofDays(3));

    Round round = own.swept();

    assertThat(round.logs()).isEqualTo(1);
    assertThat(round.jobs()).isEqualTo(1);
    assertThat(round.notices()).isEqualTo(1);
    assertThat(own.rig.store.keys("bucket")).containsExactlyInAnyOrder("in/a", "out/a");
    assertThat(own.rig.journal().attempts(Rig.MAIN, job)).isEmpty();
    assertThat(own.rig.desk().log(Rig.MAIN, run.attempt()))
        .isInstanceOfSatisfying(
            RunLog.Gone.class, gone -> assertThat(gone.reason()).contains("by retention.jobs"));
    assertThat(own.told("in/a"))
        .anyMatch(s -> s.startsWith("Job " + job) && s.contains("is succeeded"))
        .anyMatch(s -> s.startsWith("Its attempts, steps and logs were removed at"))
        .anyMatch(s -> s.startsWith("Attempt 1 is entry 0 of the ledger"))
        .anyMatch(s -> s.startsWith("It published s3://bucket/out/a"))
        .anyMatch(s -> s.contains("were removed by retention.notices"));
    assertThat(own.told("out/a")).anyMatch(s -> s.startsWith("It was written as an output of job"));
    assertThat(own.rig.desk().ledger().verify(null)).isInstanceOf(Ledger.Verification.Sound.class);
    assertThat(own.rig.desk().job(Rig.MAIN, job).orElseThrow().split()).isNull();
  }

  @Test
  void anObjectThatIsStillThereIsNoNewJobAfterItsOwnWasCutDown() throws Exception {
    own.open(folder, ALL);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(3));
    own.swept();
    own.rig.restart();

    own.rig.notice(new ObjectName(StoreId.EMBEDDED, "bucket", "in/a"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> own.rig.journal().pendingNotices(0, 9).isEmpty());

    assertThat(own.rig.jobs()).extracting(Job::id).containsExactly(run.attempt().job());
    assertThat(own.told("in/a")).anyMatch(s -> s.contains("a duplicate"));
  }

  @Test
  void theSameBytesPutAgainAreANewJobAfterwardsToo() throws Exception {
    own.open(folder, ALL);
    own.succeeded("a");
    own.rig.clock.move(Duration.ofDays(3));
    own.swept();

    own.rig.drop("in/a", "x");

    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> own.rig.jobs().size() == 2);
  }

  @Test
  void aDeadJobKeepsEverythingAndIsRedriven() throws Exception {
    own.open(folder, ALL);
    RunRef run = own.ended("a", new RunOutcome.Broken("it broke", false), JobState.DEAD);
    own.rig.clock.move(Duration.ofDays(1000));

    Round round = own.swept();

    assertThat(round.logs() + round.jobs()).isZero();
    assertThat(own.there(own.log(run))).isTrue();
    assertThat(own.told("in/a")).anyMatch(s -> s.contains("ends with:\nline"));
    assertThat(own.rig.desk().redrive(Rig.MAIN, run.attempt().job()))
        .isEqualTo(new FrontDesk.Answer.Ok());
    own.rig.await(run.attempt().job(), JobState.STAGED);
  }

  @Test
  void aClockThatGoesBackRemovesNothing() throws Exception {
    own.open(folder, LOGS);
    RunRef run = own.succeeded("a");
    own.rig.clock.move(Duration.ofMinutes(30));
    own.swept();
    own.rig.clock.move(Duration.ofDays(-400));
    own.rig.nanos.addAndGet(Duration.ofDays(2).toNanos());

    assertThat(own.swept().anything()).isFalse();
    assertThat(own.there(own.log(run))).isTrue();
  }

  @Test
  void aRestartDoesNotForgetWhatTimeItBelieves() throws Exception {
    own.open(folder, "{retention: {logs: 36h}}");
    RunRef run = own.succeeded("a");
    own.rig.retention().run(false);
    own.rig.clock.move(Duration.ofDays(365));

    own.rig.restart();
    own.rig.retention().run(false);

    assertThat(own.there(own.log(run))).isTrue();
  }

  @Test
  void whoFollowsEventsHearsOfJobsAloneAndMissesNone() throws Exception {
    own.open(folder, ALL);
    List<PipelineEvent> heard = new CopyOnWriteArrayList<>();
    try (FrontDesk.Subscription following = own.rig.desk().subscribe(Rig.MAIN, heard::add)) {
      own.succeeded("a");
      own.rig.clock.move(Duration.ofDays(3));
      int before = heard.size();

      assertThat(own.swept().jobs()).isEqualTo(1);
      assertThat(heard).hasSize(before);

      own.succeeded("b");
      assertThat(heard.subList(before, heard.size()))
          .extracting(PipelineEvent::key)
          .containsOnly("in/b");
    }
  }
}
