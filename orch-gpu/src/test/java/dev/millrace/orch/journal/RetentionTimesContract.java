package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.ForgetPassing;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.journal.Transition.KeepMark;
import dev.millrace.schema.id.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is old, for retention, and the times that it goes by. */
interface RetentionTimesContract extends JournalUnderTest {
  /** A clock without a battery. */
  Instant LONG_AGO = T0.minus(Duration.ofDays(400));

  @Test
  default void aJobThatEndedWhileTheClockWasBehindIsAsYoungAsItsAdmission() {
    JobId job = story().admitted("k");
    story().done(new CancelJob(TENANT, job, "enough", LONG_AGO));
    assertThat(story().job(job).updatedAt()).isEqualTo(LONG_AGO);
    Instant early = T0.minusMillis(1);

    assertThat(journal().ended(Kept.ALL, early, null, 9)).isEmpty();
    assertThat(journal().endedCount(Kept.ALL, early, 99)).isZero();
    List<JobRef> refs = List.of(new JobRef(TENANT, job));
    assertThat(story().refused(new BeginRemoval(Kept.NO_LOGS, early, refs, T0))).contains("none");

    assertThat(journal().ended(Kept.ALL, T0, null, 9)).extracting(Job::id).containsExactly(job);
    story().done(new BeginRemoval(Kept.NO_LOGS, T0, refs, T0));
  }

  @Test
  default void aNoticeThatWasDecidedWhileTheClockWasBehindIsAsYoungAsItsArrival() {
    long notice = story().noticed(TENANT, "k");
    story()
        .done(
            new Transition.DecideNotice(
                TENANT,
                notice,
                object("k"),
                null,
                null,
                0,
                Set.of(),
                List.of(),
                List.of(),
                "nothing",
                LONG_AGO));
    Instant early = T0.minusMillis(1);

    assertThat(journal().passingCount(Passing.NOTICES, early, 99)).isZero();
    story().done(new ForgetPassing(Passing.NOTICES, List.of(notice), early));
    assertThat(journal().passing(Passing.NOTICES, 0, 9)).hasSize(1);

    story().done(new ForgetPassing(Passing.NOTICES, List.of(notice), T0));
    assertThat(journal().passing(Passing.NOTICES, 0, 9)).isEmpty();
  }

  @Test
  default void theTimeGoesBackAndWhatIsGoneDoesNotComeBack() {
    Instant later = T0.plusSeconds(3600);
    assertThat(journal().mark(Mark.NOTICES)).isEmpty();
    for (Mark mark : Mark.values()) {
      story().done(new KeepMark(mark, later));
      story().done(new KeepMark(mark, T0));
    }

    assertThat(journal().mark(Mark.CLOCK)).contains(T0);
    assertThat(journal().mark(Mark.NOTICES)).contains(later);
  }

  @Test
  default void countsStopWhereTheyAreToldTo() {
    for (int i = 0; i < 3; i++) {
      story().done(new CancelJob(TENANT, story().admitted("k" + i), "enough", T0));
    }

    assertThat(journal().endedCount(Kept.ALL, T0, 2)).isEqualTo(2);
    assertThat(journal().endedCount(Kept.ALL, T0, 9)).isEqualTo(3);
    assertThat(journal().endedBytes(Kept.ALL, T0, 2)).isZero();
    assertThat(journal().passingCount(Passing.NOTICES, T0, 2)).isEqualTo(2);
    assertThat(journal().passingCount(Passing.NOTICES, T0, 9)).isEqualTo(3);
  }

  @Test
  default void theLatestChangeIsThatOfAnyJob() {
    assertThat(journal().latestChange()).isEmpty();
    JobId job = story().admitted("k");
    story().done(new CancelJob(TENANT, job, "enough", T0.plusSeconds(3600)));

    assertThat(journal().latestChange()).contains(T0.plusSeconds(3600));
  }
}
