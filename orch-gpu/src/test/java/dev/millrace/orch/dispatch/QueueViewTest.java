package dev.millrace.orch.dispatch;

import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind more jobs of one function than a plan reads, others of another one. */
final class QueueViewTest {
  private static final FunctionRef LATE = new FunctionRef(TENANT, new FunctionName("late"));
  private static final int AHEAD = 200;
  private static final long SECOND = 1_000_000_000;

  @TempDir Path folder;
  private final Map<FunctionRef, String> withheld = new HashMap<>();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
  private Journal journal;
  private Story story;
  private QueueView view;

  @BeforeEach
  void waitLong() {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    story.done(new DeployFunction(Story.function(LATE, 1), List.of()));
    for (int i = 0; i < AHEAD; i++) {
      story.admitted("k" + i);
    }
    view =
        new QueueView(
            journal,
            new Catalog(journal),
            function -> Optional.ofNullable(withheld.get(function.ref())),
            nanos::get);
    view.read(T0);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void aJobThatWasHeardOfIsSeenBehindTheHeadWithoutAWideLook() {
    JobId late = story.admitted(LATE, "late", 1);
    view.hear(LATE);

    List<Job> queue = view.read(T0);

    assertThat(view.near()).isTrue();
    assertThat(queue).hasSize(QueueView.NEAR + 1);
    assertThat(ids(queue)).contains(late).doesNotHaveDuplicates();
  }

  @Test
  void isLookedForNoMoreWhenNoneIsLeftAndAgainWhenHeardOfAnew() {
    JobId late = story.admitted(LATE, "late", 1);
    view.hear(LATE);
    view.read(T0);
    story.done(new EndJob(TENANT, late, JobState.WAITING, JobState.CANCELLED, "test", T0));

    assertThat(view.read(T0)).hasSize(QueueView.NEAR);
    JobId again = story.admitted(LATE, "again", 1);
    assertThat(ids(view.read(T0))).doesNotContain(again);
    view.hear(LATE);
    assertThat(ids(view.read(T0))).contains(again);
  }

  @Test
  void isFoundByTheWideLookAfterASecondThoughNobodyTold() {
    JobId late = story.admitted(LATE, "late", 1);

    assertThat(ids(view.read(T0))).doesNotContain(late);
    nanos.addAndGet(SECOND);
    assertThat(ids(view.read(T0))).contains(late);
    assertThat(view.near()).isFalse();
    assertThat(ids(view.read(T0))).contains(late);
    assertThat(view.near()).isTrue();
  }

  @Test
  void isFoundByTheWideLookThoughTheClockWasSetBackAnHour() {
    nanos.addAndGet(SECOND);
    view.read(T0.plus(Duration.ofHours(1)));
    JobId late = story.admitted(LATE, "late", 1);
    nanos.addAndGet(SECOND);

    assertThat(ids(view.read(T0))).contains(late);
  }

  @Test
  void oneThatWaitsForItsNextTryIsSeenAsSoonAsItIsDue() {
    Instant due = T0.plusMillis(400);
    JobId late = triesAgain(due);
    view.hear(LATE);

    assertThat(ids(view.read(T0))).doesNotContain(late);
    assertThat(view.near()).isTrue();
    assertThat(ids(view.read(due))).contains(late);
    assertThat(view.near()).isTrue();
  }

  @Test
  void oneThatWaitsForItsNextTryIsNotForgottenByTheWideLookAndFoundByItThoughNobodyTold() {
    Instant due = T0.plusMillis(400);
    JobId late = triesAgain(due);
    nanos.addAndGet(SECOND);

    assertThat(ids(view.read(T0))).doesNotContain(late);
    assertThat(view.near()).isFalse();
    assertThat(ids(view.read(due))).contains(late);
    assertThat(view.near()).isTrue();
  }

  private JobId triesAgain(Instant due) {
    story.host(1000);
    Story.Running running = story.running(story.admitted(LATE, "late", 1));
    story.done(running.ends(new Next.Retry(due, true, "exit code 3")));
    return running.job();
  }

  @Test
  void oneThatMayNotRunIsNotSeenAndIsAsSoonAsItMay() {
    JobId late = story.admitted(LATE, "late", 1);
    withheld.put(LATE, "its secret is not there");
    view.hear(LATE);

    assertThat(ids(view.read(T0))).doesNotContain(late);
    assertThat(view.withheld(LATE)).contains("its secret is not there");
    withheld.clear();
    assertThat(ids(view.read(T0))).contains(late);
    assertThat(view.withheld(LATE)).isEmpty();
  }

  @Test
  void theHeadIsShortWhereFewArePlacedAndLongAgainWhereThereIsRoomForMore() {
    view.carriedOut(1);
    List<Job> few = view.read(T0);
    assertThat(few).hasSize(view.depth()).hasSizeLessThan(QueueView.NEAR / 2);
    assertThat(view.near()).isTrue();

    view.carriedOut(few.size());
    assertThat(view.read(T0)).hasSize(QueueView.NEAR).startsWith(few.toArray(Job[]::new));
  }

  @Test
  void whoHasRoomKeptForItIsSeenBehindAShortHeadWithoutAWideLook() {
    Set<JobId> kept = Set.of(ids(view.read(T0)).toList().getLast());
    view.carriedOut(1);
    view.keepInSight(kept);

    assertThat(ids(view.read(T0))).containsAll(kept).hasSize(QueueView.NEAR);
    assertThat(view.near()).isTrue();
  }

  private static Stream<JobId> ids(List<Job> queue) {
    return queue.stream().map(Job::id);
  }
}
