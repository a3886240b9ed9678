package dev.millrace.orch.settle;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.log.LogLedger;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.Database;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.LedgerKey;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two coordinators on one journal, each with a ledger of its own: what ended is in one of them. */
final class SharedOutboxTest {
  private static Database server;

  @TempDir Path folder;
  private String url = "";
  private Side first;
  private Side second;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = Database.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    url = server.emptySchema();
    first = new Side("first");
    second = new Side("second");
  }

  @AfterEach
  void close() throws IOException {
    first.close();
    second.close();
  }

  /** One coordinator's part in this. */
  private final class Side implements AutoCloseable {
    private final String name;
    private final Journal journal;
    private final Story story;
    private final LogLedger ledger;

    Side(String name) throws IOException {
      this.name = name;
      this.journal = SqlJournal.postgres(url, Database.USER, () -> null);
      this.story = new Story(journal);
      this.ledger =
          LogLedger.open(
              new LogLedger.Settings(
                  folder.resolve(name),
                  "millrace/main",
                  SigningKey.generate(),
                  ProviderKeys.none()));
    }

    OutboxFeeder feeder() {
      return feeder(ledger);
    }

    OutboxFeeder feeder(Ledger into) {
      return new OutboxFeeder(journal, new Recorder(journal), into, name);
    }

    List<AttemptId> attempts() throws IOException {
      return ledger.entries(0, 100).stream().map(each -> each.entry().attempt()).toList();
    }

    @Override
    public void close() throws IOException {
      ledger.close();
      journal.close();
    }
  }

  /** Before the ledger has anything, something else happens. */
  private record Interrupted(Ledger ledger, Step step) implements Ledger {
    interface Step {
      void run() throws IOException;
    }

    @Override
    public List<Appended> append(List<LedgerEntry> entries) throws IOException {
      step.run();
      return ledger.append(entries);
    }

    @Override
    public List<Recorded> entries(long from, int max) throws IOException {
      return ledger.entries(from, max);
    }

    @Override
    public Optional<Recorded> entryOf(AttemptId attempt) throws IOException {
      return ledger.entryOf(attempt);
    }

    @Override
    public Checkpoint checkpoint() throws IOException {
      return ledger.checkpoint();
    }

    @Override
    public LedgerKey publicKey() {
      return ledger.publicKey();
    }

    @Override
    public Verification verify(@Nullable Checkpoint trusted) throws IOException {
      return ledger.verify(trusted);
    }

    @Override
    public Verification verify(@Nullable Checkpoint trusted, LongConsumer progress)
        throws IOException {
      return ledger.verify(trusted, progress);
    }

    @Override
    public Optional<Proof> prove(long index) throws IOException {
      return ledger.prove(index);
    }

    @Override
    public void close() throws IOException {
      ledger.close();
    }
  }

  private void takenInBy(String ledger) {
    first.story.done(
        new RegisterProvider(
            first.story.registration(HOST, device(HOST, GPU, 1000)).provider(), ledger));
  }

  /** An attempt that the second coordinator ends. */
  private AttemptId ended(String key) {
    Story.Running running = first.story.running(key);
    second.story.done(running.ends(new Next.Produced()));
    return running.attempt();
  }

  @Test
  void isInTheLedgerOfTheCoordinatorThatHasTheProviderAndInNoOther() throws Exception {
    takenInBy("first");
    AttemptId attempt = ended("k");

    assertThat(second.feeder().carry()).isZero();
    assertThat(first.feeder().carry()).isEqualTo(1);

    assertThat(second.feeder().carry()).isZero();
    assertThat(first.attempts()).containsExactly(attempt);
    assertThat(second.attempts()).isEmpty();
  }

  /** Both have read the journal before either has told it what it carried. */
  @Test
  void isInOneLedgerThoughBothCarryAtOnce() throws Exception {
    for (String whose : List.of("", "first", "second")) {
      takenInBy(whose);
      ended("k" + whose);
      Ledger overtaken = new Interrupted(first.ledger, () -> second.feeder().carry());
      first.feeder(overtaken).carry();
      second.feeder().carry();
    }

    assertThat(first.attempts()).hasSize(2).doesNotContainAnyElementsOf(second.attempts());
    assertThat(second.attempts()).hasSize(1);
    assertThat(first.journal.outbox("first", 9)).isEmpty();
    assertThat(first.journal.outbox("second", 9)).isEmpty();
  }

  @Test
  void whatOneHasTakenAndNotCarriedItCarriesWhenItIsBack() throws Exception {
    takenInBy("");
    AttemptId attempt = ended("k");
    Ledger stalled =
        new Interrupted(
            first.ledger,
            () -> {
              throw new IOException("killed");
            });
    assertThatThrownBy(() -> first.feeder(stalled).carry()).hasMessage("killed");

    assertThat(second.feeder().carry()).as("it may be in the other").isZero();
    assertThat(first.feeder().carry()).isEqualTo(1);

    assertThat(first.attempts()).containsExactly(attempt);
    assertThat(second.attempts()).isEmpty();
  }

  /** Nobody's, of before an upgrade, may be many: what is its own does not wait behind them. */
  @Test
  void whatIsItsOwnComesBeforeWhatIsNobodys() throws Exception {
    takenInBy("");
    AttemptId nobodys = ended("a");
    takenInBy("first");
    AttemptId own = ended("b");

    assertThat(first.journal.outbox("first", 1))
        .extracting(item -> item.entry().attempt())
        .containsExactly(own);
    assertThat(first.feeder().carry()).isEqualTo(2);
    assertThat(first.attempts()).containsExactlyInAnyOrder(own, nobodys);
  }

  @Test
  void aProviderThatGoesOverToAnotherCoordinatorHasItsNextOnesThere() throws Exception {
    takenInBy("first");
    AttemptId before = ended("a");
    takenInBy("second");
    AttemptId after = ended("b");

    second.feeder().carry();
    first.feeder().carry();

    assertThat(first.attempts()).containsExactly(before);
    assertThat(second.attempts()).containsExactly(after);
  }
}
