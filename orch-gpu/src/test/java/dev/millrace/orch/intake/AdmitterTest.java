package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmitterTest {
  private static final int OBJECTS = 64;

  @TempDir Path folder;
  private final AtomicInteger looking = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** The store answers nobody before so many have asked it. */
  @ParameterizedTest
  @CsvSource({"0, 4", "1000, 4", "1001, 16"})
  void whileManySourcesWaitASlowStoreIsAskedByAFewAndByMoreWhenBehind(long millis, int atOnce)
      throws Exception {
    Instant now = T0.plus(Duration.ofMillis(millis));
    MemoryStore store = new MemoryStore(() -> T0);
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      Story story = new Story(journal);
      story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      for (int i = 0; i < OBJECTS; i++) {
        store.put(BUCKET, i + ".fa", "x");
        Notice notice = new Notice("test", new ObjectName(STORE, BUCKET, i + ".fa"), null, T0);
        story.done(new AcceptNotices(TENANT, List.of(notice)));
      }
      CyclicBarrier together = new CyclicBarrier(atOnce);
      store.beforeHeads(key -> look(together));
      Inflow inflow = new Inflow(() -> 0);
      for (int source = 0; source < 8; source++) {
        inflow.begins();
      }

      Admitter.Parts parts =
          new Admitter.Parts(
              new Catalog(journal),
              journal,
              new Recorder(journal),
              id -> Optional.of(store),
              inflow);
      try (Admitter admitter = new Admitter(parts, new Ulids(() -> T0, new Random(3)), () -> now)) {
        admitter.round(new Bell());
      }

      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(most).hasValue(atOnce);
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
