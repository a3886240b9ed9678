package dev.millrace.orch.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Hand;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An order that nobody can follow any more does not stay in the intermediate bucket. */
final class OrdersLeftTest {
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

  private static String order(Job job, int number) {
    return "orders/" + Hand.PROVIDER + "/" + job.id() + "-" + number;
  }

  private boolean lies(Job job, int number) {
    return rig.store.text("millrace-orders", order(job, number)).isPresent();
  }

  private Job ended(RunOutcome outcome, JobState state) throws Exception {
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    assertThat(lies(job, 1)).isTrue();
    RunRef run = rig.claim(job.id(), rig.hand.run());
    rig.settle(run, outcome, Map.of());
    return rig.await(job.id(), state);
  }

  @Test
  void aFailedAttemptsOrderIsRemoved() throws Exception {
    Job job = ended(new RunOutcome.Failed(3), JobState.WAITING);

    await().until(() -> !lies(job, 1));
  }

  @Test
  void aDeadJobsOrderIsRemoved() throws Exception {
    Job job = ended(new RunOutcome.Broken("no such runner", false), JobState.DEAD);

    await().until(() -> !lies(job, 1));
  }

  @Test
  void anOrderThatNobodyClaimedIsRemovedWithItsAttempt() throws Exception {
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);

    rig.clock.move(Duration.ofMinutes(5));
    rig.desk().cancel(Rig.MAIN, job.id());

    rig.await(job.id(), JobState.CANCELLED);
    await().until(() -> !lies(job, 1));
  }

  @Test
  void whatACrashLeftIsRemovedAfterARestartAndNothingElse() throws Exception {
    Job dead = ended(new RunOutcome.Broken("no such runner", false), JobState.DEAD);
    await().until(() -> !lies(dead, 1));
    rig.store.put("millrace-orders", order(dead, 1), "left");
    rig.store.put("millrace-orders", "orders/local/not-an-attempt", "someone's");
    rig.drop("in/b", "2");
    await().until(() -> rig.jobs().size() == 2);
    Job staged = rig.await(rig.jobs().getFirst().id(), JobState.STAGED);

    rig.restart();

    await().until(() -> !lies(dead, 1));
    assertThat(lies(staged, 1)).isTrue();
    assertThat(rig.store.text("millrace-orders", "orders/local/not-an-attempt")).isPresent();
  }
}
