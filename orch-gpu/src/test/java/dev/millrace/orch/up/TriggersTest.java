package dev.millrace.orch.up;

import static dev.millrace.orch.journal.Story.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several stores, of which one lets everybody wait. */
final class TriggersTest {
  private static final StoreId SILENT = new StoreId("minio.silent");

  @TempDir private Path folder;
  private final MemoryStore well = new MemoryStore(() -> T0);
  private final MemoryStore silent = new MemoryStore(() -> T0);
  private final CountDownLatch over = new CountDownLatch(1);
  private Journal journal;
  private Triggers triggers;

  @BeforeEach
  void start() {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    reads(SILENT, "silent");
    reads(StoreId.EMBEDDED, "well");
    silent.beforeLists(bucket -> {
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    silent.silenceLists(bucket -> true);
    Catalog catalog = new Catalog(journal);
    Intake intake = new Intake(catalog, journal, new Recorder(journal), new Bell());
    triggers =
        new Triggers(
            new Triggers.Funnel(
                id -> Optional.of(id.equals(SILENT) ? silent : well), catalog, intake),
            () -> T0,
            System::nanoTime);
  }

  @AfterEach
  void stop() {
    over.countDown();
    triggers.close();
    journal.close();
  }

  private void reads(StoreId store, String bucket) {
    DeployedFunction function = Story.reading(store, bucket);
    new Story(journal).done(new DeployFunction(function, List.of()));
  }

  @Test
  void oneThatDoesNotAnswerHoldsUpNoObjectOfAnother() {
    AtomicInteger asked = new AtomicInteger();
    Consumer<String> waiting = bucket -> asked.incrementAndGet();
    well.beforeLists(waiting);
    triggers.sweep(Duration.ofMillis(100));
    await().until(() -> asked.get() > 0);

    well.put("well", "late.jpg", "x");

    await().until(() -> !journal.pendingNotices(0, 10).isEmpty());
    assertThat(journal.pendingNotices(0, 10))
        .allSatisfy(n -> assertThat(n.notice().object().key()).isEqualTo("late.jpg"));
  }

  @Test
  void aStopDoesNotWaitForAnAnswer() {
    triggers.sweep(Duration.ofMillis(100));

    assertTimeout(Duration.ofSeconds(4), triggers::close);
  }
}
