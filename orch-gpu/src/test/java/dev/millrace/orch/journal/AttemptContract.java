package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.ending;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.KeepLateReceipt;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.orch.journal.Transition.SettleOutbox;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.sign.SignedBytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An attempt from its placement to its end. */
interface AttemptContract extends JournalUnderTest {
  @Test
  default void isStagedClaimedAndEndedInTurn() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));
    story.done(story.staging(job, 1, token));
    assertThat(story.state(job)).isEqualTo(JobState.STAGED);
    RunId run = story.run();
    story.done(story.claim(job, 1, token, run));
    assertThat(story.state(job)).isEqualTo(JobState.RUNNING);
    AttemptId id = new AttemptId(job, 1);
    story.done(ending(id, token, run, new Next.Produced()));

    Attempt attempt = journal().attempt(TENANT, id).orElseThrow();
    assertThat(attempt.state()).isEqualTo(AttemptState.ENDED);
    assertThat(attempt.run()).isEqualTo(run);
    assertThat(attempt.stagedAt()).isEqualTo(T0);
    assertThat(attempt.claimedAt()).isEqualTo(T0);
    assertThat(attempt.endedAt()).isEqualTo(T0.plusSeconds(2));
    assertThat(attempt.outcome()).isEqualTo("succeeded");
    assertThat(attempt.exitCode()).isEqualTo(3);
    assertThat(attempt.reason()).isEqualTo("because");
    assertThat(attempt.manifest()).isEqualTo(Story.SIGNED);
    assertThat(journal().timeline(TENANT, job))
        .extracting(TimelineEntry::state)
        .containsExactly(
            JobState.WAITING,
            JobState.PLACED,
            JobState.STAGED,
            JobState.RUNNING,
            JobState.PRODUCED);
  }

  @Test
  default void isReadWithItsJobAndTheOthersOfIt() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    assertThat(journal().course(TENANT, job).orElseThrow().attempts()).isEmpty();
    long token = story.placed(job, 1, slice(GPU, 10, 1));
    story.done(story.staging(job, 1, token));

    Course course = journal().course(TENANT, job).orElseThrow();
    assertThat(course.job()).isEqualTo(journal().job(TENANT, job).orElseThrow());
    assertThat(course.attempts()).isEqualTo(journal().attempts(TENANT, job)).hasSize(1);
    assertThat(journal().course(new TenantId("other"), job)).isEmpty();
    assertThat(journal().course(TENANT, new JobId("01jd0000000000000000000000"))).isEmpty();
  }

  @Test
  default void isStagedOnceAndOnlyUnderItsToken() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));

    assertThat(story.refused(story.staging(job, 1, token + 1))).contains("not placed");
    assertThat(story.refused(story.staging(job, 2, token))).contains("not placed");
    story.done(story.staging(job, 1, token));
    assertThat(story.refused(story.staging(job, 1, token))).contains("not placed");
  }

  @Test
  default void itsOrderGivesWayToTheOneWithItsBundleUntilItIsStaged() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));
    AttemptId id = new AttemptId(job, 1);
    SignedBytes bundled = new SignedBytes("t", new byte[] {7}, "k", new byte[] {8});

    assertThat(story.refused(bundling(id, token + 1, bundled))).contains("not placed");
    assertThat(story.done(bundling(id, token, bundled)).events()).isEmpty();
    assertThat(journal().attempt(TENANT, id).orElseThrow().order()).isEqualTo(bundled);
    assertThat(story.state(job)).isEqualTo(JobState.PLACED);
    story.done(story.staging(job, 1, token));
    assertThat(story.refused(bundling(id, token, bundled))).contains("not placed");
  }

  private static Transition.BundleAttempt bundling(AttemptId id, long token, SignedBytes order) {
    return new Transition.BundleAttempt(TENANT, id, token, order, T0);
  }

  @Test
  default void theFirstClaimWinsAndMayBeRepeated() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));
    RunId winner = story.run();
    story.done(story.claim(job, 1, token, winner));

    assertThat(story.done(story.claim(job, 1, token, winner)).events()).isEmpty();
    assertThat(story.refused(story.claim(job, 1, token, story.run()))).contains(winner.value());
    assertThat(journal().lease(token).orElseThrow().hardLimit()).isEqualTo(T0.plusSeconds(90));
  }

  @Test
  default void aStaleTokenClaimsNothing() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));

    assertThat(story.refused(story.claim(job, 1, token + 1, story.run()))).contains("token");
    assertThat(story.refused(story.claim(job, 2, token, story.run()))).contains("not there");
    Story.Running running = new Story.Running(new AttemptId(job, 1), token, story.run());
    story.done(story.claim(job, 1, token, running.run()));
    story.done(running.ends(new Next.Produced()));
    assertThat(story.refused(story.claim(job, 1, token, running.run()))).contains("ended");
  }

  @Test
  default void renewsWithAGrowingCounterOnly() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    story.done(story.renewal(running.job(), running.token(), running.run(), 1));
    story.done(story.renewal(running.job(), running.token(), running.run(), 5));

    story.refused(story.renewal(running.job(), running.token(), running.run(), 5));
    story.refused(story.renewal(running.job(), running.token(), running.run(), 4));
    assertThat(journal().lease(running.token()).orElseThrow().counter()).isEqualTo(5);
  }

  @Test
  default void aLeaseIsRenewedByItsRunAndTokenAlone() {
    Story story = story();
    story.host(1000);
    JobId unclaimed = story.admitted("u");
    long token = story.placed(unclaimed, 1, slice(GPU, 10, 1));
    Story.Running running = story.running("k");

    story.refused(story.renewal(unclaimed, token, story.run(), 1));
    story.refused(story.renewal(running.job(), running.token(), story.run(), 1));
    story.refused(story.renewal(running.job(), running.token() + 1, running.run(), 1));
    story.refused(story.renewal(unclaimed, running.token(), running.run(), 1));
    story.done(running.ends(new Next.Produced()));
    story.refused(story.renewal(running.job(), running.token(), running.run(), 1));
  }

  @Test
  default void endsOnceWithOneLedgerEntry() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    story.done(running.ends(new Next.Produced()));

    assertThat(story.refused(running.ends(new Next.Produced()))).contains("ended");
    assertThat(journal().outbox("l", 10))
        .extracting(OutboxItem::entry)
        .containsExactly(Story.entry(running.attempt()));
  }

  @Test
  default void aStaleTokenOrAnotherRunEndsNothing() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    AttemptId attempt = running.attempt();
    Next next = new Next.Produced();

    assertThat(story.refused(ending(attempt, running.token() + 1, running.run(), next)))
        .contains("token");
    assertThat(story.refused(ending(attempt, running.token(), story.run(), next)))
        .contains("claimed by run");
    assertThat(story.refused(ending(attempt, running.token(), null, next)))
        .contains("claimed by run");
    assertThat(story.refused(ending(new AttemptId(attempt.job(), 2), 1, null, next)))
        .contains("not there");
    assertThat(story.state(running.job())).isEqualTo(JobState.RUNNING);
    assertThat(journal().outbox("l", 10)).isEmpty();
  }

  @Test
  default void anAttemptThatNobodyClaimedEndsWithoutARun() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 10, 1));
    AttemptId attempt = new AttemptId(job, 1);

    assertThat(story.refused(ending(attempt, token, story.run(), new Next.Produced())))
        .contains("no run");
    story.done(ending(attempt, token, null, "lost", new Next.Retry(T0, false, "no claim")));

    Job after = story.job(job);
    assertThat(after.state()).isEqualTo(JobState.WAITING);
    assertThat(after.losses()).isEqualTo(1);
    assertThat(after.failures()).isZero();
  }

  @Test
  default void aRetryWaitsForItsTimeAndCountsItsFailure() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    Commit.Committed committed =
        story.done(
            ending(
                running.attempt(),
                running.token(),
                running.run(),
                "failed",
                new Next.Retry(T0.plusSeconds(9), true, "exit code 3")));

    Job after = story.job(running.job());
    assertThat(after.failures()).isEqualTo(1);
    assertThat(after.losses()).isZero();
    assertThat(after.reason()).isEqualTo("exit code 3");
    assertThat(after.notBefore()).isEqualTo(T0.plusSeconds(9));
    assertThat(committed.events())
        .extracting(PipelineEvent::what)
        .containsExactly("waits for another try: exit code 3");
    assertThat(journal().plannable(T0.plusSeconds(8), 10)).isEmpty();
    assertThat(journal().plannable(T0.plusSeconds(9), 10)).hasSize(1);
    assertThat(story.running(running.job()).attempt().number()).isEqualTo(2);
  }

  @Test
  default void aJobRestsAsDeadWithItsReason() {
    Story story = story();
    story.host(1000);
    JobId job = story.dead("k");

    assertThat(story.state(job)).isEqualTo(JobState.DEAD);
    assertThat(story.job(job).reason()).isEqualTo("broken for good");
    assertThat(story.job(job).failures()).isEqualTo(1);
    assertThat(journal().timeline(TENANT, job).getLast().what()).isEqualTo("dead: broken for good");
  }

  @Test
  default void aRetryOfARemovedFunctionIsCancelled() {
    Story story = story();
    story.host(1000);
    story.done(new DeployFunction(Story.function(Story.RESIZE, 1), List.of()));
    Story.Running running = story.running("k");
    story.done(new RemoveFunction(Story.RESIZE, T0));
    story.done(running.ends(new Next.Retry(T0, true, "failed")));

    assertThat(story.state(running.job())).isEqualTo(JobState.CANCELLED);
  }

  @Test
  default void anEntryOfAnotherAttemptIsRefusedWhole() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    Transition.EndAttempt right = running.ends(new Next.Produced());
    Transition.EndAttempt wrong =
        new Transition.EndAttempt(
            TENANT,
            right.attempt(),
            right.token(),
            right.run(),
            right.outcome(),
            null,
            "r",
            null,
            right.lease(),
            right.next(),
            Story.entry(new AttemptId(running.job(), 7)),
            T0);

    assertThatThrownBy(() -> journal().commit(wrong)).isInstanceOf(IllegalArgumentException.class);
    assertThat(story.state(running.job())).isEqualTo(JobState.RUNNING);
  }

  @Test
  default void theOutboxKeepsEntriesUntilTheyAreSettled() {
    Story story = story();
    story.host(1000);
    Story.Running first = story.running("a");
    Story.Running second = story.running("b");
    LedgerEntry billed =
        new LedgerEntry(
            first.attempt(),
            new LedgerEntry.Attested(Story.SIGNED),
            T0,
            T0.plusNanos(1),
            new Money(-1, "EUR"),
            new Money(Long.MAX_VALUE, "EUR"));
    Transition.EndAttempt end = first.ends(new Next.Produced());
    story.done(
        new Transition.EndAttempt(
            TENANT,
            end.attempt(),
            end.token(),
            end.run(),
            end.outcome(),
            null,
            "r",
            null,
            end.lease(),
            end.next(),
            billed,
            T0));
    story.done(second.ends(new Next.Produced()));

    List<OutboxItem> items = journal().outbox("l", 10);
    assertThat(items)
        .extracting(OutboxItem::entry)
        .containsExactly(billed, Story.entry(second.attempt()));
    assertThat(journal().outbox("l", 1)).hasSize(1);
    JobId job = items.getFirst().entry().attempt().job();
    assertThat(journal().uncarried(TENANT, job)).containsExactly(new AttemptId(job, 1));
    story.done(new SettleOutbox(List.of(items.getFirst().id(), 12_345L)));
    assertThat(journal().outbox("l", 10)).containsExactly(items.getLast());
    assertThat(journal().uncarried(TENANT, job)).isEmpty();
  }

  @Test
  default void aReceiptIsLateOnlyAfterTheEnd() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    KeepLateReceipt late = new KeepLateReceipt(TENANT, running.attempt(), Story.SIGNED, T0);

    assertThat(story.refused(late)).contains("has not ended");
    story.done(running.ends(new Next.Produced()));
    story.done(late);
    story.done(late);
    assertThat(journal().outbox("l", 10)).hasSize(1);
  }
}
