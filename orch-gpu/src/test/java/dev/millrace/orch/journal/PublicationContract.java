package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.publication;
import static dev.millrace.orch.journal.Story.published;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.BeginPublication;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import org.junit.jupiter.api.Test;

/** One result for one job, in order for one key. */
interface PublicationContract extends JournalUnderTest {
  @Test
  default void publishesWhatWasProduced() {
    Story story = story();
    story.host(1000);
    JobId job = story.produced("k", 1);
    story.done(publication(job));
    assertThat(story.state(job)).isEqualTo(JobState.PUBLISHING);

    Commit.Committed committed = story.done(published(job, "o/1", "o/2"));

    assertThat(story.state(job)).isEqualTo(JobState.SUCCEEDED);
    assertThat(committed.events())
        .extracting(PipelineEvent::what)
        .containsExactly("succeeded with 2 files");
    assertThat(journal().publishedBy(TENANT, job))
        .extracting(p -> p.name().key())
        .containsExactly("o/1", "o/2");
    assertThat(journal().published(object("o/2"), 10))
        .containsExactly(new PublishedObject(job, object("o/2"), "f".repeat(64), 5, T0));
  }

  @Test
  default void onlyAProducedJobBegins() {
    Story story = story();
    story.host(1000);
    JobId waiting = story.admitted("w");
    JobId job = story.produced("k", 1);

    assertThat(story.refused(publication(waiting))).contains("waiting");
    assertThat(story.refused(publication(story.admission(RESIZE, "x", 1).job())))
        .contains("not there");
    story.done(publication(job));
    assertThat(story.refused(publication(job))).contains("publishing");
  }

  @Test
  default void onlyAPublishingJobFinishes() {
    Story story = story();
    story.host(1000);
    JobId job = story.produced("k", 1);

    assertThat(story.refused(published(job, "o"))).contains("produced");
    story.done(publication(job));
    story.done(published(job, "o"));
    assertThat(story.refused(published(job, "o"))).contains("succeeded");
    assertThat(journal().publishedBy(TENANT, job)).hasSize(1);
  }

  @Test
  default void aNewerVersionWaitsWhileAnOlderOneIsPublishing() {
    Story story = story();
    story.host(1000);
    JobId older = story.produced("k", 1);
    JobId newer = story.produced("k", 2);
    story.done(publication(older));

    assertThat(story.refused(publication(newer))).isEqualTo(BeginPublication.BUSY);
    story.done(published(older));
    story.done(publication(newer));
  }

  @Test
  default void anOlderVersionIsSupersededByANewerOneThatIsNamedOrPublished() {
    Story story = story();
    story.host(1000);
    JobId older = story.produced("k", 1);
    JobId newer = story.produced("k", 2);
    story.done(publication(newer));

    assertThat(story.refused(publication(older))).isEqualTo(BeginPublication.SUPERSEDED);
    story.done(published(newer));
    assertThat(story.refused(publication(older))).isEqualTo(BeginPublication.SUPERSEDED);
    story.done(new EndJob(TENANT, older, JobState.PRODUCED, JobState.SUPERSEDED, "newer", T0));
    assertThat(story.state(older)).isEqualTo(JobState.SUPERSEDED);
  }

  @Test
  default void ofTwoEqualVersionOrdersTheLaterAdmissionIsTheNewer() {
    Story story = story();
    story.host(1000);
    JobId first = story.produced("k", 1);
    Admission later = story.admission(RESIZE, "k", 2);
    Admission tied = new Admission(later.job(), RESIZE, later.input(), 1, 0, 0, "");
    story.done(story.decision(story.noticed(TENANT, "k"), "k", tied));
    Story.Running running = story.running(tied.job());
    story.done(running.ends(new Next.Produced()));
    story.done(publication(tied.job()));

    assertThat(story.refused(publication(first))).isEqualTo(BeginPublication.SUPERSEDED);
  }

  @Test
  default void aPublicationWhoseFilesAreGoneCanOnlyRestAsDead() {
    Story story = story();
    story.host(1000);
    JobId job = story.produced("k", 1);
    story.done(publication(job));

    assertThatThrownBy(() ->
            journal()
                .commit(new EndJob(TENANT, job, JobState.PUBLISHING, JobState.CANCELLED, "r", T0)))
        .isInstanceOf(IllegalArgumentException.class);
    story.done(new EndJob(TENANT, job, JobState.PUBLISHING, JobState.DEAD, "file gone", T0));

    assertThat(story.state(job)).isEqualTo(JobState.DEAD);
    story.done(publication(story.produced("k", 2)));
  }

  @Test
  default void otherKeysAndFunctionsDoNotWaitForEachOther() {
    Story story = story();
    story.host(1000);
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    JobId one = story.produced("k", 1);
    JobId otherKey = story.produced("l", 2);
    Story.Running running = story.running(story.admitted(blur, "k", 2));
    story.done(running.ends(new Next.Produced()));

    story.done(publication(one));
    story.done(publication(otherKey));
    story.done(publication(running.job()));
  }

  @Test
  default void theNewestPublicationOfAKeyComesFirst() {
    Story story = story();
    story.host(1000);
    JobId first = story.produced("k", 1);
    story.done(publication(first));
    story.done(published(first, "o"));
    JobId second = story.produced("l", 1);
    story.done(publication(second));
    story.done(published(second, "o"));

    assertThat(journal().published(object("o"), 10))
        .extracting(PublishedObject::job)
        .containsExactly(second, first);
    assertThat(journal().published(object("o"), 1)).hasSize(1);
    assertThat(journal().tally(TENANT, object("o"))).isEqualTo(new ObjectTally(0, 0, 2));
    assertThat(journal().tally(TENANT, object("k")).jobs()).isEqualTo(1);
    assertThat(journal().tally(new TenantId("other"), object("k")).jobs()).isZero();
  }
}
