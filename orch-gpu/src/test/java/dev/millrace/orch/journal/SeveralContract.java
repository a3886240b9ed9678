package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.intake.Admitter;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.time.Ticker;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What one coordinator deploys, another one that is told nothing of it decides by. */
interface SeveralContract extends JournalUnderTest {
  FunctionRef BLUR = new FunctionRef(TENANT, new FunctionName("blur"));

  /** One that takes notices and decides them, by the functions that it knows of. */
  final class Beside implements AutoCloseable {
    private final Journal journal;
    private final MemoryStore store = new MemoryStore(() -> T0);
    private final Catalog catalog;
    private final Intake intake;
    private final Admitter admitter;

    Beside(Journal journal) {
      this.journal = journal;
      this.catalog = new Catalog(journal);
      Recorder recorder = new Recorder(journal);
      this.intake = new Intake(catalog, journal, recorder, new Bell());
      this.admitter =
          new Admitter(
              new Admitter.Parts(catalog, journal, recorder, id -> Optional.of(store)),
              new Ulids(() -> T0, new Random(5)),
              () -> T0,
              Ticker.system());
    }

    /** An object comes, and this one alone hears of it. */
    void sees(String key) {
      store.put(BUCKET, key, "x");
      intake.accept(List.of(new Notice("test", new ObjectName(STORE, BUCKET, key), null, T0)));
    }

    void decides() throws InterruptedException {
      Bell bell = new Bell();
      bell.ring();
      admitter.round(bell);
    }

    List<FunctionName> jobsOf(String key) {
      return journal.jobsOf(TENANT, new ObjectName(STORE, BUCKET, key), 10).stream()
          .map(job -> job.function().name())
          .sorted((a, b) -> a.value().compareTo(b.value()))
          .toList();
    }

    @Override
    public void close() {
      admitter.close();
    }
  }

  @Test
  default void admitsForAFunctionThatAnotherDeployed() throws Exception {
    try (Journal second = beside();
        Beside other = new Beside(second)) {
      story().done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      other.sees("a.fa");
      other.decides();

      assertThat(other.jobsOf("a.fa")).containsExactly(RESIZE.name());
    }
  }

  /** The notice is there already; it must not be closed as nobody's. */
  @Test
  default void decidesTheNoticesOfAFunctionThatAnotherDeployed() throws Exception {
    try (Journal second = beside();
        Beside other = new Beside(second)) {
      story().done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      other.store.put(BUCKET, "k.fa", "x");
      story().noticed(TENANT, "k.fa");
      other.decides();

      assertThat(other.jobsOf("k.fa")).containsExactly(RESIZE.name());
    }
  }

  @Test
  default void admitsNothingForAFunctionThatAnotherRemoved() throws Exception {
    story().done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    story().done(new DeployFunction(Story.function(BLUR, 1), List.of()));
    try (Journal second = beside();
        Beside other = new Beside(second)) {
      story().done(new RemoveFunction(RESIZE, T0));
      other.sees("a.fa");
      other.decides();
      assertThat(other.jobsOf("a.fa")).containsExactly(BLUR.name());

      story().done(new RemoveFunction(BLUR, T0));
      other.decides();
      assertThat(other.catalog.watched()).isEmpty();
      other.sees("b.fa");
      other.decides();
      assertThat(other.jobsOf("b.fa")).isEmpty();
      assertThat(second.pendingNotices(0, 10)).isEmpty();
    }
  }

  @Test
  default void decidesByTheRevisionThatAnotherDeployed() throws Exception {
    story().done(new DeployFunction(reading(RESIZE, 1, ".fa"), List.of()));
    try (Journal second = beside();
        Beside other = new Beside(second)) {
      story().done(new DeployFunction(reading(RESIZE, 2, ".txt"), List.of()));
      other.sees("a.fa");
      other.sees("a.txt");
      other.decides();

      assertThat(other.jobsOf("a.fa")).isEmpty();
      assertThat(other.jobsOf("a.txt")).containsExactly(RESIZE.name());
      assertThat(other.catalog.find(RESIZE).orElseThrow().revision()).isEqualTo(2);
    }
  }

  /** One that another deploys while the object is looked at covers it, too. */
  @Test
  default void decidesAgainWhatAnotherDeployedForMeanwhile() throws Exception {
    story().done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    AtomicBoolean deployed = new AtomicBoolean();
    try (Journal second = beside();
        Beside other = new Beside(second)) {
      other.store.beforeHeads(key -> {
        if (deployed.compareAndSet(false, true)) {
          story().done(new DeployFunction(Story.function(BLUR, 1), List.of()));
        }
      });
      other.sees("a.fa");
      other.decides();
      assertThat(other.jobsOf("a.fa")).isEmpty();
      other.decides();

      assertThat(other.jobsOf("a.fa")).containsExactly(BLUR.name(), RESIZE.name());
      assertThat(second.pendingNotices(0, 10)).isEmpty();
    }
  }

  private static DeployedFunction reading(FunctionRef ref, int revision, String suffix) {
    InputRule input = new InputRule(STORE, BUCKET, "", List.of(), List.of(suffix));
    return Story.function(ref, revision, input);
  }
}
