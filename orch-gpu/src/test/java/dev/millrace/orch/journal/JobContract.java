package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.DiscardJob;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.orch.journal.Transition.RedriveJob;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people do to jobs, and how jobs are found. */
interface JobContract extends JournalUnderTest {
  @Test
  default void aWaitingJobIsCancelledAtOnce() {
    Story story = story();
    JobId job = story.admitted("k");

    Commit.Committed committed = story.done(new CancelJob(TENANT, job, "enough", T0));

    assertThat(story.state(job)).isEqualTo(JobState.CANCELLED);
    assertThat(committed.events())
        .extracting(PipelineEvent::what)
        .containsExactly("cancelled: enough");
  }

  @Test
  default void aLiveAttemptIsAskedToStop() {
    Story story = story();
    story.host(1000);
    JobId job = story.running("k").job();

    story.done(new CancelJob(TENANT, job, "enough", T0));

    assertThat(story.state(job)).isEqualTo(JobState.RUNNING);
    assertThat(story.job(job).cancelRequested()).isTrue();
    assertThat(story.done(new CancelJob(TENANT, job, "again", T0)).events()).isEmpty();
  }

  @Test
  default void whatHasProducedRestsOrEndedIsNotCancelled() {
    Story story = story();
    story.host(1000);
    JobId produced = story.produced("a", 1);
    JobId dead = story.dead("b");
    JobId cancelled = story.admitted("c");
    story.done(new CancelJob(TENANT, cancelled, "enough", T0));

    assertThat(story.refused(new CancelJob(TENANT, produced, "r", T0))).contains("produced");
    assertThat(story.refused(new CancelJob(TENANT, dead, "r", T0))).contains("dead");
    assertThat(story.refused(new CancelJob(TENANT, cancelled, "r", T0))).contains("cancelled");
    assertThat(story.refused(new CancelJob(new TenantId("other"), produced, "r", T0)))
        .contains("not there");
  }

  @Test
  default void endsAJobFromTheStateThatTheCallerSaw() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");

    assertThat(story.refused(end(job, JobState.PRODUCED, JobState.SUPERSEDED)))
        .contains("waiting, not produced");
    story.done(end(job, JobState.WAITING, JobState.INPUT_GONE));
    assertThat(story.state(job)).isEqualTo(JobState.INPUT_GONE);
    assertThat(story.refused(end(job, JobState.WAITING, JobState.REFUSED))).contains("input-gone");
  }

  private static EndJob end(JobId job, JobState from, JobState to) {
    return new EndJob(TENANT, job, from, to, "because", T0);
  }

  @Test
  default void isNotEndedFromWhereARunLivesNorToALiveState() {
    Story story = story();
    story.host(1000);
    JobId job = story.running("k").job();

    assertThatThrownBy(() -> journal().commit(end(job, JobState.RUNNING, JobState.DEAD)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> journal().commit(end(job, JobState.WAITING, JobState.PLACED)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(story.state(job)).isEqualTo(JobState.RUNNING);
  }

  @Test
  default void aDeadJobIsRedrivenWithItsFailuresForgotten() {
    Story story = story();
    story.host(1000);
    JobId job = story.dead("k");

    story.done(new RedriveJob(TENANT, job, T0.plusSeconds(5)));

    Job after = story.job(job);
    assertThat(after.state()).isEqualTo(JobState.WAITING);
    assertThat(after.failures()).isZero();
    assertThat(after.attempts()).isEqualTo(1);
    assertThat(after.reason()).isNull();
    assertThat(after.notBefore()).isEqualTo(T0.plusSeconds(5));
    assertThat(story.running(job).attempt().number()).isEqualTo(2);
  }

  @Test
  default void onlyRestingJobsAreRedrivenOrDiscarded() {
    Story story = story();
    story.host(1000);
    JobId waiting = story.admitted("k");
    JobId dead = story.dead("d");

    assertThat(story.refused(new RedriveJob(TENANT, waiting, T0))).contains("does not rest");
    assertThat(story.refused(new DiscardJob(TENANT, waiting, "r", T0))).contains("does not rest");
    story.done(new DiscardJob(TENANT, dead, "not wanted", T0));
    assertThat(story.state(dead)).isEqualTo(JobState.DISCARDED);
    assertThat(story.refused(new RedriveJob(TENANT, dead, T0))).contains("discarded");
  }

  @Test
  default void countsEachStateThroughEveryMove() {
    Story story = story();
    story.host(1000);
    story.admitted("a");
    story.dead("b");
    JobId gone = story.dead("c");
    story.done(new DiscardJob(TENANT, gone, "r", T0));
    story.produced("d", 1);

    assertThat(journal().counts(TENANT))
        .isEqualTo(
            Map.of(
                JobState.WAITING, 1L,
                JobState.DEAD, 1L,
                JobState.DISCARDED, 1L,
                JobState.PRODUCED, 1L));
    assertThat(journal().counts(new TenantId("nobody"))).isEmpty();
  }

  @Test
  default void plansByPriorityThenAdmission() {
    Story story = story();
    Admission low = prioritised(story, "low", -1);
    Admission first = prioritised(story, "first", 5);
    Admission second = prioritised(story, "second", 5);

    assertThat(journal().plannable(T0, 10))
        .extracting(Job::id)
        .containsExactly(first.job(), second.job(), low.job());
    assertThat(journal().plannable(T0, 1)).hasSize(1);
    assertThat(journal().plannable(T0.minusSeconds(1), 10)).isEmpty();
    assertThat(journal().nextPlannable(T0.minusSeconds(1))).contains(T0);
    assertThat(journal().nextPlannable(T0)).isEmpty();
  }

  @Test
  default void plansWhatOtherFunctionsHide() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    story.admitted("a");
    story.admitted("b");
    story.admitted(blur, "a", 1);

    assertThat(journal().plannableBeside(T0, Set.of(RESIZE), 10))
        .extracting(Job::function)
        .containsExactly(blur);
    assertThat(journal().plannableBeside(T0, Set.of(blur), 1)).hasSize(1);
    assertThat(journal().plannableBeside(T0, Set.of(RESIZE, blur), 10)).isEmpty();
    assertThat(journal().plannableBeside(T0, Set.of(), 10)).hasSize(3);
  }

  @Test
  default void plansWhatOthersHideByPriorityThenAdmissionAcrossFunctionsAndTenants() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    FunctionRef theirs = new FunctionRef(new TenantId("other"), RESIZE.name());
    FunctionRef hidden = new FunctionRef(TENANT, new FunctionName("hidden"));
    JobId first = story.admitted(blur, "first", 1);
    Admission low = prioritised(story, "low", -1);
    story.admitted(hidden, "any", 1);
    JobId second = story.admitted(theirs, "second", 1);
    JobId third = story.admitted(blur, "third", 1);
    Admission high = prioritised(story, "high", 5);

    assertThat(journal().plannableBeside(T0, Set.of(hidden), 10))
        .extracting(Job::id)
        .containsExactly(high.job(), first, second, third, low.job());
    assertThat(journal().plannableBeside(T0, Set.of(hidden, theirs), 3))
        .extracting(Job::id)
        .containsExactly(high.job(), first, third);
    assertThat(journal().plannableBeside(T0.minusSeconds(1), Set.of(hidden), 10)).isEmpty();
  }

  @Test
  default void findsTheLongestWaitingOfEachFunctionWhateverTheirPriority() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    Admission low = prioritised(story, "low", -1);
    Admission high = prioritised(story, "high", 5);
    story.done(end(story.admitted("refused"), JobState.WAITING, JobState.REFUSED));
    story.admitted(blur, "a", 1);

    assertThat(journal().longestWaiting(T0, Set.of(RESIZE), 10))
        .extracting(Job::id)
        .containsExactly(low.job(), high.job());
    assertThat(journal().longestWaiting(T0, Set.of(RESIZE, blur), 1))
        .extracting(Job::function)
        .containsExactlyInAnyOrder(RESIZE, blur);
    assertThat(journal().longestWaiting(T0.minusSeconds(1), Set.of(RESIZE, blur), 10)).isEmpty();
    assertThat(journal().longestWaiting(T0, Set.of(), 10)).isEmpty();
  }

  @Test
  default void tellsWhichFunctionsAnyJobWaitsForDueOrNot() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    FunctionRef theirs = new FunctionRef(new TenantId("other"), RESIZE.name());
    story.host(1000);
    story.done(story.running("k").ends(new Next.Retry(T0.plusSeconds(9), true, "exit code 3")));
    story.done(end(story.admitted(blur, "ended", 1), JobState.WAITING, JobState.REFUSED));

    assertThat(journal().plannable(T0, 10)).isEmpty();
    assertThat(journal().waitedFor(Set.of(RESIZE, blur, theirs))).containsExactly(RESIZE);
    assertThat(journal().waitedFor(Set.of(blur, theirs))).isEmpty();
  }

  private static Admission prioritised(Story story, String key, int priority) {
    Admission plain = story.admission(RESIZE, key, 1);
    Admission admission = new Admission(plain.job(), RESIZE, plain.input(), 1, 0, priority, "");
    story.done(story.decision(story.noticed(TENANT, key), key, admission));
    return admission;
  }

  @Test
  default void listsJobsNewestFirstByStateFunctionAndPage() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    story.admitted("a");
    story.admitted("b");
    story.admitted(blur, "a", 1);
    JobId cancelled = story.admitted("c");
    story.done(new CancelJob(TENANT, cancelled, "r", T0));
    story.admitted(new FunctionRef(new TenantId("other"), RESIZE.name()), "a", 1);

    List<JobId> all = listed(Set.of(), null, null, 10);
    assertThat(all).hasSize(4).isSortedAccordingTo((x, y) -> y.value().compareTo(x.value()));
    assertThat(listed(Set.of(JobState.CANCELLED), null, null, 10)).containsExactly(cancelled);
    assertThat(listed(Set.of(JobState.CANCELLED, JobState.WAITING), null, null, 10)).hasSize(4);
    assertThat(listed(Set.of(), blur.name(), null, 10)).hasSize(1);
    assertThat(listed(Set.of(), null, null, 2)).isEqualTo(all.subList(0, 2));
    assertThat(listed(Set.of(), null, all.get(1), 10)).isEqualTo(all.subList(2, 4));
    assertThat(listed(Set.of(JobState.DEAD), null, null, 10)).isEmpty();
  }

  @Test
  default void listsTheJobsOfABucketOrAnObject() {
    Story story = story();
    JobId one = story.admitted("a");
    JobId other = story.admitted("b");
    ObjectName input = journal().job(TENANT, one).orElseThrow().input().name();

    assertThat(of(new JobFilter.Input(input.store(), input.bucket(), "a"))).containsExactly(one);
    assertThat(of(new JobFilter.Input(input.store(), input.bucket(), null)))
        .isEqualTo(newestFirst(other, one));
    assertThat(of(new JobFilter.Input(input.store(), "elsewhere", null))).isEmpty();
    assertThat(of(new JobFilter.Input(new StoreId("minio.other"), input.bucket(), "a"))).isEmpty();
  }

  @Test
  default void pagesThroughABucketByStateAndFunction() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    JobId dead = story.admitted("a");
    JobId gone = story.admitted("b");
    story.admitted("c");
    JobId other = story.admitted(blur, "a", 1);
    story.done(new CancelJob(TENANT, dead, "r", T0));
    story.done(new CancelJob(TENANT, gone, "r", T0));
    story.done(new CancelJob(TENANT, other, "r", T0));
    ObjectName input = journal().job(TENANT, dead).orElseThrow().input().name();
    JobFilter.Input bucket = new JobFilter.Input(input.store(), input.bucket(), null);
    JobFilter.Input elsewhere = new JobFilter.Input(input.store(), "elsewhere", null);
    Set<JobState> some = Set.of(JobState.CANCELLED, JobState.REFUSED, JobState.DEAD);

    List<JobId> newest = newestFirst(dead, gone, other);
    assertThat(ids(new JobFilter(some, null, bucket, null, 10))).isEqualTo(newest);
    assertThat(ids(new JobFilter(some, null, bucket, null, 2))).isEqualTo(newest.subList(0, 2));
    assertThat(ids(new JobFilter(some, null, bucket, newest.get(1), 2)))
        .containsExactly(newest.get(2));
    assertThat(ids(new JobFilter(some, blur.name(), bucket, null, 10))).containsExactly(other);
    assertThat(ids(new JobFilter(some, null, elsewhere, null, 10))).isEmpty();
    assertThat(ids(new JobFilter(Set.of(JobState.DEAD), null, bucket, null, 10))).isEmpty();
    assertThat(ids(new JobFilter(Set.of(JobState.values()), null, bucket, null, 10)))
        .hasSize(4)
        .isSortedAccordingTo((x, y) -> y.value().compareTo(x.value()));
  }

  /** Ids of one millisecond have no order in time. */
  private static List<JobId> newestFirst(JobId... ids) {
    return Stream.of(ids).sorted(Comparator.comparing(JobId::value).reversed()).toList();
  }

  private List<JobId> of(JobFilter.Input input) {
    return ids(new JobFilter(Set.of(), null, input, null, 10));
  }

  private List<JobId> ids(JobFilter filter) {
    return journal().jobs(TENANT, filter).stream().map(Job::id).toList();
  }

  private List<JobId> listed(
      Set<JobState> states, @Nullable FunctionName function, @Nullable JobId before, int max) {
    return journal().jobs(TENANT, new JobFilter(states, function, before, max)).stream()
        .map(Job::id)
        .toList();
  }

  @Test
  default void tellsARestartWhatIsLeftOldestFirst() {
    Story story = story();
    story.host(1000);
    JobId waiting = story.admitted("w");
    JobId running = story.running("r").job();
    JobId produced = story.produced("p", 1);

    assertThat(journal().inStates(Set.of(JobState.RUNNING, JobState.PRODUCED), 10))
        .extracting(Job::id)
        .containsExactly(running, produced);
    assertThat(journal().inStates(Set.of(JobState.values()), 1))
        .extracting(Job::id)
        .containsExactly(waiting);
    assertThat(journal().inStates(Set.of(), 10)).isEmpty();
  }
}
