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
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
  private Journal noticed() {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    for (int i = 0; i < OBJECTS; i++) {
      store.put(BUCKET, i + ".fa", "x");
      Notice notice = new Notice("test", new ObjectName(STORE, BUCKET, i + ".fa"), null, T0);
      story.done(new AcceptNotices(TENANT, List.of(notice)));
    }
    return journal;
  }

  private void admit(Journal journal) throws InterruptedException {
    admit(journal, event -> {});
  }

  private void admit(Journal journal, Consumer<PipelineEvent> observer)
      throws InterruptedException {
    Recorder recorder = new Recorder(journal);
    recorder.observe(observer);
    Admitter.Parts parts =
        new Admitter.Parts(new Catalog(journal), journal, recorder, id -> Optional.of(store));
    Bell bell = new Bell();
    bell.ring();
    try (Admitter admitter = new Admitter(parts, ids, () -> T0)) {
      admitter.round(bell);
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
