package dev.millrace.orch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restart at each persisted state goes on to the same end. */
class RestartTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, "leases: {manifest_poll: 50ms}");
    rig.deploy("");
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void aNoticeThatWasNotDecidedIsDecidedAfterwards() throws Exception {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", "in/a");
    rig.store.put("bucket", "in/a", "1");
    rig.notice(name);

    rig.restart();

    assertThat(rig.job().input().name()).isEqualTo(name);
  }

  @Test
  void aWaitingJobIsPlaced() throws Exception {
    rig.store.failWrites(n -> n.key().startsWith("orders/"));
    rig.drop("in/a", "1");
    rig.drop("in/b", "2");
    rig.drop("in/c", "3");
    rig.drop("in/d", "4");
    rig.drop("in/e", "5");
    org.awaitility.Awaitility.await().until(() -> rig.jobs().size() == 5);
    assertThat(rig.jobs()).anyMatch(j -> j.state() == JobState.WAITING);

    rig.restart();
    rig.store.failWrites(n -> false);

    for (Job job : rig.jobs().reversed()) {
      finish(job);
    }
    assertThat(rig.ledger(5)).hasSize(5);
    assertThat(rig.reserved()).isZero();
  }

  @Test
  void aPlacedJobIsStaged() throws Exception {
    rig.store.failWrites(n -> n.key().startsWith("orders/"));
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.PLACED);

    rig.restart();
    rig.store.failWrites(n -> false);

    rig.await(job.id(), JobState.STAGED);
    finish(job);
  }

  @Test
  void aStagedJobIsClaimedOnce() throws Exception {
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);

    rig.restart();

    RunRef run = rig.claim(job.id(), rig.hand.run());
    RunChannel.Claim second = rig.channel().claim(rig.attempt(job.id()).order(), rig.hand.run());
    assertThat(second).isInstanceOf(RunChannel.Claim.Taken.class);
    rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
    rig.await(job.id(), JobState.SUCCEEDED);
  }

  @Test
  void aRunningJobIsSettledByItsManifestAlone() throws Exception {
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());

    rig.restart();
    rig.hand.finish(
        rig.attempt(job.id()).order(), run, new RunOutcome.Succeeded(), Map.of("a.txt", "A"));

    rig.await(job.id(), JobState.SUCCEEDED);
    assertThat(rig.store.text("bucket", "out/a.txt")).contains("A");
  }

  @Test
  void aRunningJobWhoseRunIsGoneIsTriedAgainAndItsSliceIsQuarantined() throws Exception {
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef first = rig.claim(job.id(), rig.hand.run());

    rig.restart();
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          rig.nanos.addAndGet(Duration.ofSeconds(6).toNanos());
          assertThat(rig.attempt(job.id()).outcome()).isEqualTo("lost");
        });

    assertThat(rig.reserved()).isEqualTo(256);
    assertThat(rig.channel().renew(first, 9)).isEqualTo(RunChannel.Renewal.STALE);
    rig.clock.move(Duration.ofMinutes(1));
    rig.notice(job.input().name());
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> rig.attempt(job.id()).id().number() == 2);
    assertThat(rig.settle(first, new RunOutcome.Succeeded(), Map.of("a.txt", "stale")))
        .isEqualTo(RunChannel.Settled.STALE);
    finish(job);
    assertThat(rig.store.text("bucket", "out/a.txt")).contains("result");
    assertThat(rig.ledger(2).getFirst().entry().evidence())
        .isInstanceOf(LedgerEntry.Unattested.class);
  }

  @Test
  void aProducedJobIsPublished() throws Exception {
    rig.store.failCopies(n -> n.key().startsWith("out/"));
    rig.drop("in/a", "old");
    Job old = rig.await(rig.job().id(), JobState.STAGED);
    RunRef oldRun = rig.claim(old.id(), rig.hand.run());
    rig.settle(oldRun, new RunOutcome.Succeeded(), Map.of("a.txt", "from old"));
    rig.await(old.id(), JobState.PUBLISHING);
    rig.drop("in/a", "new");
    org.awaitility.Awaitility.await().until(() -> rig.jobs().size() == 2);
    Job newer = rig.await(rig.jobs().getFirst().id(), JobState.STAGED);
    RunRef newRun = rig.claim(newer.id(), rig.hand.run());
    rig.settle(newRun, new RunOutcome.Succeeded(), Map.of("a.txt", "from new"));
    rig.await(newer.id(), JobState.PRODUCED);

    rig.restart();
    assertThat(rig.desk().job(Rig.MAIN, newer.id()).orElseThrow().job().state())
        .isEqualTo(JobState.PRODUCED);
    rig.store.failCopies(n -> false);

    rig.await(old.id(), JobState.SUCCEEDED);
    rig.await(newer.id(), JobState.SUCCEEDED);
    assertThat(rig.store.text("bucket", "out/a.txt")).contains("from new");
  }

  @Test
  void aPublishingJobIsRolledForward() throws Exception {
    rig.store.failCopies(n -> n.key().equals("out/b.txt"));
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A", "b.txt", "B"));
    rig.await(job.id(), JobState.PUBLISHING);
    String marker = ".millrace/" + job.id() + "/published";
    assertThat(rig.store.text("bucket", marker)).isEmpty();

    rig.restart();
    rig.store.failCopies(n -> false);

    rig.await(job.id(), JobState.SUCCEEDED);
    assertThat(rig.store.text("bucket", marker).orElseThrow()).contains("out/a.txt", "out/b.txt");
    assertThat(rig.store.text("bucket", "out/a.txt")).contains("A");
    assertThat(rig.store.text("bucket", "out/b.txt")).contains("B");
    assertThat(rig.ledger(1)).hasSize(1);
  }

  @Test
  void whatHasEndedOrRestsStaysAsItIs() throws Exception {
    rig.drop("in/a", "1");
    Job succeeded = rig.job();
    finish(succeeded);
    rig.drop("in/b", "2");
    Job dead = rig.jobs().getFirst();
    org.awaitility.Awaitility.await().until(() -> rig.jobs().size() == 2);
    dead = rig.jobs().getFirst();
    rig.await(dead.id(), JobState.STAGED);
    RunRef run = rig.claim(dead.id(), rig.hand.run());
    rig.settle(run, new RunOutcome.Broken("no such runner", false), Map.of());
    rig.await(dead.id(), JobState.DEAD);

    rig.restart();

    rig.notice(succeeded.input().name());
    rig.notice(dead.input().name());
    assertThat(rig.desk().job(Rig.MAIN, succeeded.id()).orElseThrow().job().state())
        .isEqualTo(JobState.SUCCEEDED);
    assertThat(rig.desk().job(Rig.MAIN, dead.id()).orElseThrow().job().state())
        .isEqualTo(JobState.DEAD);
    assertThat(rig.jobs()).hasSize(2);
    assertThat(rig.ledger(2)).hasSize(2);
  }

  private void finish(Job job) throws Exception {
    rig.await(job.id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    assertThat(rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "result")))
        .isEqualTo(RunChannel.Settled.ACCEPTED);
    rig.await(job.id(), JobState.SUCCEEDED);
  }
}
