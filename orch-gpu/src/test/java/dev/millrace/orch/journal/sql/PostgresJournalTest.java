package dev.millrace.orch.journal.sql;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.device;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalContract;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.OutboxItem;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.journal.Transition.PlaceAttempt;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.Transition.TakeOutbox;
import dev.millrace.orch.rig.Database;
import dev.millrace.schema.id.JobId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on a real PostgreSQL server, one schema a test. */
final class PostgresJournalTest extends JournalContract {
  private static Database server;

  private String url = "";

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = Database.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  protected Journal open() {
    url = server.emptySchema();
    return another();
  }

  private Journal another() {
    return SqlJournal.postgres(url, Database.USER, () -> null);
  }

  @Override
  public Journal beside() {
    return another();
  }

  @Test
  void whatAnotherCoordinatorHasTakenInKeepsItsKey() {
    ProviderRecord provider = story().registration(Story.HOST).provider();
    story().done(new Transition.RegisterProvider(provider, "theirs"));

    story().done(new Transition.WithdrawKey(Story.HOST, "ours"));
    assertThat(journal().providerKey(Story.HOST)).contains(provider.publicKey());

    story().done(new Transition.WithdrawKey(Story.HOST, "theirs"));
    assertThat(journal().providerKey(Story.HOST)).isEmpty();
  }

  @Test
  void severalCoordinatorsTogetherNeverExceedADevice() throws Exception {
    story().host(1000);
    List<JobId> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      jobs.add(story().admitted("k" + i));
    }
    try (Journal second = another();
        Journal third = another();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Journal> coordinators = List.of(journal(), second, third);
      List<Future<Commit>> answers = new ArrayList<>();
      for (int i = 0; i < jobs.size(); i++) {
        Journal coordinator = coordinators.get(i % 3);
        PlaceAttempt placement = story().placement(jobs.get(i), 1, slice(GPU, 300, 1));
        answers.add(threads.submit(() -> coordinator.commit(placement)));
      }
      int placed = 0;
      for (Future<Commit> answer : answers) {
        placed += answer.get() instanceof Commit.Committed ? 1 : 0;
      }
      assertThat(placed).isEqualTo(3);
      assertThat(second.liveLeases()).hasSize(3);
    }
  }

  @Test
  void ofSeveralCoordinatorsOneDecidesThatAJobIsCutDown() throws Exception {
    JobId job = story().admitted("k");
    story().done(new CancelJob(TENANT, job, "enough", T0));
    BeginRemoval begin = new BeginRemoval(Kept.IDENTITY, T0, List.of(new JobRef(TENANT, job)), T0);
    try (Journal second = another();
        Journal third = another();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Commit>> answers = new ArrayList<>();
      for (Journal coordinator : List.of(journal(), second, third)) {
        answers.add(threads.submit(() -> coordinator.commit(begin)));
      }
      int decided = 0;
      for (Future<Commit> answer : answers) {
        decided += answer.get() instanceof Commit.Committed ? 1 : 0;
      }
      assertThat(decided).isEqualTo(1);
      assertThat(third.openRemovals(9)).hasSize(1);
    }
  }

  @Test
  void anEntryIsForTheLedgerThatHasItsProviderWhoeverEndsTheAttempt() {
    story().host(1000);
    Story.Running running = story().running("k");
    try (Journal second = another()) {
      new Story(second).done(running.ends(new Next.Produced()));

      assertThat(second.outbox("other", 9)).isEmpty();
      OutboxItem item = second.outbox(Story.LEDGER, 9).getFirst();
      assertThat(item.taken()).isTrue();
      new Story(second).done(new TakeOutbox("other", List.of(item.id())));
      assertThat(journal().outbox("other", 9)).isEmpty();
      assertThat(journal().outbox(Story.LEDGER, 9)).containsExactly(item);
    }
  }

  /** Of a provider that no coordinator of this version has taken in yet. */
  @Test
  void anEntryThatIsNobodysIsForTheLedgerThatTakesItFirst() throws Exception {
    story()
        .done(
            new RegisterProvider(
                story().registration(HOST, device(HOST, GPU, 1000)).provider(), ""));
    story().done(story().running("k").ends(new Next.Produced()));
    OutboxItem item = journal().outbox("a", 9).getFirst();
    assertThat(item.taken()).isFalse();
    assertThat(journal().outbox("b", 9)).containsExactly(item);
    try (Journal second = another();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Commit> a =
          threads.submit(() -> journal().commit(new TakeOutbox("a", List.of(item.id()))));
      Future<Commit> b =
          threads.submit(() -> second.commit(new TakeOutbox("b", List.of(item.id()))));
      a.get();
      b.get();

      List<OutboxItem> both = new ArrayList<>(second.outbox("a", 9));
      both.addAll(second.outbox("b", 9));
      assertThat(both).containsExactly(new OutboxItem(item.id(), item.entry(), true));
    }
  }

  @Test
  void severalCoordinatorsOpenAnEmptySchemaAtOnce() throws Exception {
    url = server.emptySchema();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Journal>> opened = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opened.add(threads.submit(this::another));
      }
      for (Future<Journal> one : opened) {
        try (Journal coordinator = one.get()) {
          assertThat(coordinator.counts(TENANT)).isEmpty();
        }
      }
    }
  }

  @Test
  void tokensOfSeveralCoordinatorsGrow() {
    try (Journal second = another()) {
      long first = journal().reserveTokens(5);
      long next = second.reserveTokens(1);

      assertThat(next).isEqualTo(first + 5);
      assertThat(journal().reserveTokens(1)).isEqualTo(first + 6);
    }
  }

  @Test
  void goesOnAfterTheServerHasCutItsConnections() {
    JobId before = story().admitted("before");
    journal().job(TENANT, before);

    server.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'millrace'");

    JobId after = story().admitted("after");
    assertThat(journal().job(TENANT, before)).isPresent();
    assertThat(journal().job(TENANT, after)).isPresent();
  }

  @Test
  void saysWhichServerIsNotReached() {
    assertThatThrownBy(
            () -> SqlJournal.postgres("jdbc:postgresql://127.0.0.1:1/x?a=secret", "u", () -> "p"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("127.0.0.1:1/x")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesASchemaOfANewerProgram() {
    server.sql(
        "INSERT INTO " + server.schema() + ".migrations VALUES (9999, '9999-future.sql', 'x')");

    assertThatThrownBy(this::another)
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("9999-future.sql");
    assertThat(new Story(journal()).admitted("k")).isNotNull();
  }
}
