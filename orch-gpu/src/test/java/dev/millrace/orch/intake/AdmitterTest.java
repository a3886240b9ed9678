package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdmitterTest {
  private static final int OBJECTS = 64;
  private static final int AT_ONCE = 16;

  /** As long as a test may take: what is not there by then never comes. */
  private static final Admitter.Waits LONG = new Admitter.Waits(Duration.ofSeconds(30), () -> 0);

  @TempDir Path folder;
  private final Ulids ids = new Ulids(() -> T0, new Random(3));
  private final MemoryStore store = new MemoryStore(() -> T0);
  private final AtomicInteger looking = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** The store answers nobody before so many have asked it. */
  @Test
  void manyLookAtOnceIntoASlowStore() throws Exception {
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    store.beforeHeads(key -> look(together));
    try (Journal journal = noticed()) {
      admit(journal);

      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(most).hasValue(AT_ONCE);
    }
  }

  @Test
  void anObjectThatCannotBeLookedAtWaitsAloneAndIsAJobLater() throws Exception {
    try (Journal journal = noticed()) {
      store.beforeHeads(key -> {
        if (key.equals("7.fa")) {
          throw new IllegalStateException("this object cannot be looked at");
        }
      });
      admit(journal);
      assertThat(journal.pendingNotices(0, 10))
          .singleElement()
          .satisfies(left -> assertThat(left.notice().object().key()).isEqualTo("7.fa"));
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, OBJECTS - 1L);

      store.beforeHeads(key -> {});
      admit(journal);
      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  /** As many as look at once fail as a full heap or a deep stack would have them fail. */
  @Test
  void looksThatEndInErrorsHoldUpNobody() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    store.beforeHeads(key -> {
      if (looks.incrementAndGet() <= AT_ONCE) {
        throw new StackOverflowError("too deep for this test");
      }
    });
    try (Journal journal = noticed()) {
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> admit(journal));
      assertThat(journal.pendingNotices(0, 100)).hasSize(AT_ONCE);

      admit(journal);
      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  /** The deploy comes while the first objects are looked at, and is told to nobody. */
  @Test
  void aBackfillThatComesWhileItsObjectsAreDecidedLosesNone() throws Exception {
    StartMark late = new StartMark(STORE, BUCKET, T0.plusSeconds(60), Set.of());
    StartMark early = new StartMark(STORE, BUCKET, Instant.EPOCH, Set.of());
    try (Journal journal = noticed(late)) {
      Story story = new Story(journal);
      AtomicInteger looks = new AtomicInteger();
      store.beforeHeads(key -> {
        if (looks.incrementAndGet() == OBJECTS / 2) {
          story.done(new DeployFunction(Story.function(RESIZE, 2), List.of(early)));
        }
      });
      Admitter.Parts parts = parts(journal, new Recorder(journal));
      try (Admitter admitter = new Admitter(parts, ids, () -> T0, LONG)) {
        Intake intake = new Intake(parts.catalog(), journal, parts.recorder(), new Bell());
        List<ListedObject> listed = store.list(BUCKET, "", "", 1000).objects();
        admitter.round(rung());
        assertThat(journal.pendingNotices(0, 100)).isNotEmpty();
        admitter.round(rung());
        intake.accept(
            intake.unknown(STORE, BUCKET, listed).stream().map(o -> notice(o.key())).toList());
        admitter.round(rung());
      }

      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  @Test
  void tellsOfEachJobThatItMakes() throws Exception {
    List<PipelineEvent> events = new CopyOnWriteArrayList<>();
    try (Journal journal = noticed()) {
      admit(journal, events::add);
    }

    assertThat(events).hasSize(OBJECTS).allMatch(event -> event.state() == JobState.WAITING);
    assertThat(events.stream().map(PipelineEvent::job)).doesNotHaveDuplicates();
  }

  /** A journal that was told of so many objects, all of which are there. */
  private Journal noticed(StartMark... marks) {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of(marks)));
    for (int i = 0; i < OBJECTS; i++) {
      store.put(BUCKET, i + ".fa", "x");
      story.done(new AcceptNotices(TENANT, List.of(notice(i + ".fa"))));
    }
    return journal;
  }

  private static Notice notice(String key) {
    return new Notice("test", new ObjectName(STORE, BUCKET, key), null, T0);
  }

  private Admitter.Parts parts(Journal journal, Recorder recorder) {
    return new Admitter.Parts(new Catalog(journal), journal, recorder, id -> Optional.of(store));
  }

  private static Bell rung() {
    Bell bell = new Bell();
    bell.ring();
    return bell;
  }

  private void admit(Journal journal) throws InterruptedException {
    admit(journal, event -> {});
  }

  private void admit(Journal journal, Consumer<PipelineEvent> observer)
      throws InterruptedException {
    Recorder recorder = new Recorder(journal);
    recorder.observe(observer);
    try (Admitter admitter = new Admitter(parts(journal, recorder), ids, () -> T0, LONG)) {
      admitter.round(rung());
    }
  }

  private void look(CyclicBarrier together) {
    most.accumulateAndGet(looking.incrementAndGet(), Math::max);
    try {
      together.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("too few look at once", e);
    } finally {
      looking.decrementAndGet();
    }
  }
}
