package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.slice;
import static dev.millrace.orch.journal.Story.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.BeginPublication;
import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.DiscardJob;
import dev.millrace.orch.journal.Transition.FinishRemoval;
import dev.millrace.orch.journal.Transition.ForgetPassing;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.journal.Transition.KeepLateReceipt;
import dev.millrace.orch.journal.Transition.RedriveJob;
import dev.millrace.orch.journal.Transition.SettleOutbox;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What retention may take from the journal, and what it may not. */
interface RetentionContract extends JournalUnderTest {
  /** Everything in these stories is over by then. */
  Instant LATER = T0.plusSeconds(3600);

  private static JobRef ref(JobId job) {
    return new JobRef(TENANT, job);
  }

  private static BeginRemoval begin(Kept kept, Instant before, JobId... jobs) {
    List<JobRef> refs = Arrays.stream(jobs).map(RetentionContract::ref).toList();
    return new BeginRemoval(kept, before, refs, LATER);
  }

  private static FinishRemoval finish(Kept kept, JobId... jobs) {
    return new FinishRemoval(kept, Arrays.stream(jobs).map(RetentionContract::ref).toList());
  }

  private void settle() {
    List<Long> ids = journal().outbox("l", 1000).stream().map(OutboxItem::id).toList();
    story().done(new SettleOutbox(ids));
  }

  /** A job that has succeeded, with one output, and whose entry the ledger has. */
  private JobId succeeded(String key, long generation) {
    JobId job = story().produced(key, generation);
    story().done(Story.publication(job));
    story().done(Story.published(job, "out/" + key));
    settle();
    return job;
  }

  private List<JobId> ended(Kept kept, Instant before) {
    return journal().ended(kept, before, null, 100).stream().map(Job::id).toList();
  }

  @Test
  default void onlyJobsThatHaveEndedForGoodAreFoundAndTaken() {
    Story story = story();
    story.host(1000);
    JobId done = succeeded("done", 1);
    JobId cancelled = story.admitted("cancelled");
    story.done(new CancelJob(TENANT, cancelled, "enough", T0));
    JobId waiting = story.admitted("waiting");
    JobId running = story.running("running").job();
    JobId produced = story.produced("produced", 1);
    JobId dead = story.dead("dead");
    settle();

    assertThat(ended(Kept.ALL, LATER)).containsExactlyInAnyOrder(done, cancelled);
    assertThat(journal().endedCount(Kept.ALL, LATER, 99)).isEqualTo(2);
    assertThat(journal().endedBytes(Kept.ALL, LATER, 99))
        .isEqualTo(2L * Story.SIGNED.line().length());
    assertThat(journal().endedBytes(Kept.NO_LOGS, LATER, 99)).isZero();
    assertThat(story.refused(begin(Kept.NO_LOGS, LATER, waiting, running, produced, dead)))
        .contains("none of these jobs");
    assertThat(story.refused(begin(Kept.IDENTITY, LATER, waiting, running, produced, dead)))
        .contains("none of these jobs");
    assertThat(journal().openRemovals(10)).isEmpty();
  }

  @Test
  default void aJobThatEndedTooLateIsNotTaken() {
    story().host(1000);
    JobId job = succeeded("k", 1);
    Instant ended = story().job(job).updatedAt();

    assertThat(ended(Kept.ALL, ended.minusMillis(1))).isEmpty();
    assertThat(story().refused(begin(Kept.NO_LOGS, ended.minusMillis(1), job))).contains("none");
    assertThat(ended(Kept.ALL, ended)).containsExactly(job);
  }

  @Test
  default void aJobWhoseRunMayStillBeThereIsNotTaken() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    Transition.EndAttempt end = running.ends(new Next.Ended(JobState.CANCELLED, "asked to"));
    story.done(quarantined(end));
    settle();

    assertThat(ended(Kept.ALL, LATER)).isEmpty();
    assertThat(story.refused(begin(Kept.IDENTITY, LATER, running.job()))).contains("none");

    story.done(new Transition.FreeLease(TENANT, running.token(), "it has stopped", T0));
    assertThat(ended(Kept.ALL, LATER)).containsExactly(running.job());
  }

  private static Transition.EndAttempt quarantined(Transition.EndAttempt end) {
    return new Transition.EndAttempt(
        end.tenant(),
        end.attempt(),
        end.token(),
        end.run(),
        end.outcome(),
        end.exitCode(),
        end.reason(),
        end.manifest(),
        new LeaseEnd.Quarantine("it may run"),
        end.next(),
        end.entry(),
        end.at());
  }

  @Test
  default void aJobThatTheLedgerLacksIsNotTaken() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    story.done(running.ends(new Next.Ended(JobState.INPUT_GONE, "it is gone")));

    assertThat(ended(Kept.ALL, LATER)).isEmpty();
    assertThat(story.refused(begin(Kept.NO_LOGS, LATER, running.job()))).contains("none");

    settle();
    assertThat(ended(Kept.ALL, LATER)).containsExactly(running.job());
  }

  @Test
  default void aJobThatIsRedrivenBetweenTheLookAndTheDecisionIsNotTaken() {
    Story story = story();
    story.host(1000);
    JobId dead = story.dead("k");
    settle();
    story.done(new RedriveJob(TENANT, dead, T0));

    assertThat(story.refused(begin(Kept.IDENTITY, LATER, dead))).contains("none");
    assertThat(story.running(dead).attempt().number()).isEqualTo(2);
  }

  @Test
  default void aDiscardedJobIsTaken() {
    Story story = story();
    story.host(1000);
    JobId dead = story.dead("k");
    story.done(new DiscardJob(TENANT, dead, "not wanted", T0.plusSeconds(5)));
    settle();

    assertThat(ended(Kept.ALL, LATER)).containsExactly(dead);
  }

  @Test
  default void ofSeveralJobsThoseAreTakenThatMayBe() {
    Story story = story();
    story.host(1000);
    JobId done = succeeded("done", 1);
    JobId waiting = story.admitted("waiting");

    story.done(begin(Kept.NO_LOGS, LATER, waiting, done));

    assertThat(journal().openRemovals(10))
        .extracting(removal -> removal.job().id())
        .containsExactly(done);
    assertThat(journal().removal(TENANT, waiting)).isEmpty();
  }

  @Test
  default void theDecisionIsThereBeforeAnythingIsGone() {
    Story story = story();
    story.host(1000);
    JobId job = succeeded("k", 1);

    story.done(begin(Kept.IDENTITY, LATER, job));

    assertThat(journal().attempts(TENANT, job)).hasSize(1);
    assertThat(journal().timeline(TENANT, job)).isNotEmpty();
    assertThat(journal().openRemovals(10))
        .containsExactly(new Removal(story.job(job), Kept.IDENTITY, LATER, true));
    assertThat(ended(Kept.ALL, LATER)).isEmpty();
    assertThat(story.refused(begin(Kept.IDENTITY, LATER, job))).contains("none");
  }

  @Test
  default void withoutItsLogsAJobKeepsItsRows() {
    Story story = story();
    story.host(1000);
    JobId job = succeeded("k", 1);

    story.done(begin(Kept.NO_LOGS, LATER, job));
    story.done(finish(Kept.NO_LOGS, job));

    assertThat(journal().removal(TENANT, job))
        .contains(new Removal(story.job(job), Kept.NO_LOGS, LATER, false));
    assertThat(journal().openRemovals(10)).isEmpty();
    assertThat(journal().attempts(TENANT, job)).hasSize(1);
    assertThat(ended(Kept.NO_LOGS, LATER)).containsExactly(job);
    assertThat(story.refused(finish(Kept.NO_LOGS, job))).contains("none");
  }

  @Test
  default void cutDownAJobKeepsItsIdentityItsOutcomeAndItsOutputs() {
    Story story = story();
    story.host(1000);
    JobId job = succeeded("k", 1);
    Job before = story.job(job);
    story.done(new KeepLateReceipt(TENANT, new AttemptId(job, 1), Story.SIGNED, T0.plusSeconds(9)));

    story.done(begin(Kept.NO_LOGS, LATER, job));
    story.done(begin(Kept.IDENTITY, LATER, job));
    story.done(finish(Kept.IDENTITY, job));

    assertThat(story.job(job)).isEqualTo(before);
    assertThat(journal().attempts(TENANT, job)).isEmpty();
    assertThat(journal().attemptOfAny(new AttemptId(job, 1))).isEmpty();
    assertThat(journal().timeline(TENANT, job)).isEmpty();
    assertThat(journal().publishedBy(TENANT, job)).hasSize(1);
    assertThat(journal().published(object("out/k"), 9)).hasSize(1);
    assertThat(journal().knows(RESIZE, object("k"), version(1))).isTrue();
    assertThat(journal().jobsOf(TENANT, object("k"), 9)).containsExactly(before);
    assertThat(journal().counts(TENANT)).containsEntry(JobState.SUCCEEDED, 1L);
    assertThat(journal().endedCount(Kept.NO_LOGS, LATER, 99)).isZero();
    assertThat(journal().removal(TENANT, job))
        .contains(new Removal(before, Kept.IDENTITY, LATER, false));
  }

  @Test
  default void theSameVersionSeenAgainIsNoNewJobOfOneThatWasCutDown() {
    Story story = story();
    story.host(1000);
    JobId job = succeeded("k", 1);
    story.done(begin(Kept.IDENTITY, LATER, job));
    story.done(finish(Kept.IDENTITY, job));

    story.done(story.decision(story.noticed(TENANT, "k"), "k", story.admission(RESIZE, "k", 1)));

    assertThat(journal().jobsOf(TENANT, object("k"), 9)).extracting(Job::id).containsExactly(job);
  }

  @Test
  default void anOlderVersionIsStillBehindOneThatWasCutDown() {
    Story story = story();
    story.host(1000);
    JobId older = story.produced("k", 1);
    JobId newer = succeeded("k", 2);
    story.done(begin(Kept.IDENTITY, LATER, newer));
    story.done(finish(Kept.IDENTITY, newer));

    assertThat(story.refused(Story.publication(older))).isEqualTo(BeginPublication.SUPERSEDED);
  }

  @Test
  default void aReceiptThatComesForAForgottenAttemptIsNotKept() {
    Story story = story();
    story.host(1000);
    JobId job = succeeded("k", 1);
    story.done(begin(Kept.IDENTITY, LATER, job));
    story.done(finish(Kept.IDENTITY, job));

    AttemptId attempt = new AttemptId(job, 1);
    assertThat(story.refused(new KeepLateReceipt(TENANT, attempt, Story.SIGNED, T0)))
        .contains("has not ended");
  }

  @Test
  default void pagesThroughWhatHasEndedOldestFirst() {
    Story story = story();
    List<JobId> expected = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      JobId job = story.admitted("k" + i);
      story.done(new CancelJob(TENANT, job, "enough", T0.plusSeconds(i / 3)));
      expected.add(job);
    }
    List<JobId> found = new ArrayList<>();
    List<Job> page = journal().ended(Kept.ALL, LATER, null, 2);
    while (!page.isEmpty()) {
      page.forEach(job -> found.add(job.id()));
      page = journal().ended(Kept.ALL, LATER, page.getLast(), 2);
    }

    assertThat(found).containsExactlyInAnyOrderElementsOf(expected).doesNotHaveDuplicates();
    assertThat(found.subList(0, 3)).containsExactlyInAnyOrderElementsOf(expected.subList(0, 3));
  }

  @Test
  default void onlyDecidedNoticesThatAreOldEnoughGo() {
    Story story = story();
    story.admitted("a");
    long undecided = story.noticed(TENANT, "b");
    List<Long> numbers = numbers(Passing.NOTICES);

    assertThat(journal().passingCount(Passing.NOTICES, T0.minusSeconds(1), 99)).isZero();
    story.done(new ForgetPassing(Passing.NOTICES, numbers, T0.minusSeconds(1)));
    assertThat(numbers(Passing.NOTICES)).isEqualTo(numbers);

    assertThat(journal().passingCount(Passing.NOTICES, T0, 99)).isEqualTo(1);
    story.done(new ForgetPassing(Passing.NOTICES, numbers, T0));
    assertThat(numbers(Passing.NOTICES)).containsExactly(undecided);
    assertThat(journal().pendingNotices(0, 9)).hasSize(1);
    assertThat(journal().mark(Mark.NOTICES)).contains(T0);
    assertThat(journal().sightings(TENANT, object("a"), 9)).isEmpty();
    assertThat(journal().knows(RESIZE, object("a"), version(1))).isTrue();
    assertThat(story.noticed(TENANT, "c")).isGreaterThan(undecided);
  }

  private List<Long> numbers(Passing what) {
    return journal().passing(what, 0, 100).stream().map(PassingRow::number).toList();
  }

  @Test
  default void onlyFreeLeasesAndCarriedEntriesGo() {
    Story story = story();
    story.host(1000);
    JobId done = story.produced("done", 1);
    Story.Running live = story.running("live");
    List<Long> tokens = numbers(Passing.LEASES);
    List<Long> entries = numbers(Passing.ENTRIES);
    assertThat(tokens).hasSize(2).contains(live.token());
    assertThat(entries).hasSize(1);

    story.done(new ForgetPassing(Passing.LEASES, tokens, LATER));
    story.done(new ForgetPassing(Passing.ENTRIES, entries, LATER));
    assertThat(numbers(Passing.LEASES)).containsExactly(live.token());
    assertThat(numbers(Passing.ENTRIES)).isEqualTo(entries);
    assertThat(journal().liveLeases()).extracting(Lease::token).containsExactly(live.token());

    settle();
    assertThat(journal().passingCount(Passing.ENTRIES, LATER, 99)).isEqualTo(1);
    story.done(new ForgetPassing(Passing.ENTRIES, entries, LATER));
    assertThat(numbers(Passing.ENTRIES)).isEmpty();
    assertThat(journal().attempts(TENANT, done)).hasSize(1);
    assertThat(story.placed(story.admitted("next"), 1, slice(GPU, 10, 1)))
        .isGreaterThan(live.token());
  }

  @Test
  default void aLeaseInQuarantineStays() {
    Story story = story();
    story.host(1000);
    Story.Running running = story.running("k");
    story.done(quarantined(running.ends(new Next.Ended(JobState.DEAD, "silent"))));

    story.done(new ForgetPassing(Passing.LEASES, numbers(Passing.LEASES), LATER));

    assertThat(journal().liveLeases()).hasSize(1);
    assertThat(journal().passingCount(Passing.LEASES, LATER, 99)).isZero();
  }

  @Test
  default void aRemovalThatLeavesAllIsNone() {
    assertThatThrownBy(() -> begin(Kept.ALL, LATER)).isInstanceOf(IllegalArgumentException.class);
    assertThat(story().refused(begin(Kept.IDENTITY, LATER, new JobId("0".repeat(26)))))
        .contains("none");
  }
}
