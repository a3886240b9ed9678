package dev.millrace.orch.journal.sql;

import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.KeepCheckpoint;
import dev.millrace.orch.journal.Transition.KeepLateReceipt;
import dev.millrace.schema.id.JobId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The file under a journal: reopened, copied, broken, taken. */
final class SqliteFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = folder.resolve("journal.db");
  }

  private AbstractThrowableAssert<?, ?> opening(Path path) {
    return assertThatThrownBy(() -> SqlJournal.sqlite(path).close())
        .isInstanceOf(JournalException.class);
  }

  @Test
  void isTheSameAfterItWasClosed() {
    JobId job;
    long token;
    try (Journal journal = SqlJournal.sqlite(file)) {
      job = new Story(journal).admitted("k");
      token = journal.reserveTokens(3);
    }
    try (Journal journal = SqlJournal.sqlite(file)) {
      assertThat(journal.job(TENANT, job)).isPresent();
      assertThat(journal.counts(TENANT)).isEqualTo(Map.of(JobState.WAITING, 1L));
      assertThat(journal.reserveTokens(1)).isEqualTo(token + 3);
    }
  }

  @Test
  void isWholeWhenItWasNeverClosed() throws IOException {
    Path copy = folder.resolve("copy.db");
    JobId job;
    try (Journal journal = SqlJournal.sqlite(file)) {
      job = new Story(journal).admitted("k");
      Files.copy(file, copy);
      Files.copy(folder.resolve("journal.db-wal"), folder.resolve("copy.db-wal"));
    }
    try (Journal journal = SqlJournal.sqlite(copy)) {
      assertThat(journal.job(TENANT, job)).isPresent();
    }
  }

  @Test
  void aTornEndOfTheLogLosesNoMoreThanWhatWasTorn() throws IOException {
    Path copy = folder.resolve("copy.db");
    Path log = folder.resolve("copy.db-wal");
    JobId first;
    try (Journal journal = SqlJournal.sqlite(file)) {
      Story story = new Story(journal);
      first = story.admitted("k");
      long before = Files.size(folder.resolve("journal.db-wal"));
      story.admitted("l");
      Files.copy(file, copy);
      Files.copy(folder.resolve("journal.db-wal"), log);
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(before + 1000);
      }
    }
    try (Journal journal = SqlJournal.sqlite(copy)) {
      assertThat(journal.job(TENANT, first)).isPresent();
      assertThat(new Story(journal).job(first).state()).isEqualTo(JobState.WAITING);
    }
  }

  @Test
  void garbageIsNoJournal() throws IOException {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    Files.write(file, garbage);

    opening(file).hasMessageContaining(file.toString()).hasMessageContaining("not a database");
    assertThat(file).hasBinaryContent(garbage);
  }

  @Test
  void aJournalCutShortIsRefused() throws IOException {
    SqlJournal.sqlite(file).close();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(9000);
    }

    opening(file).hasMessageContaining(file.toString()).hasMessageContaining("malformed");
  }

  @Test
  void anotherProgramsDatabaseIsLeftAlone() throws SQLException {
    sql("CREATE TABLE cookies (name TEXT)");

    opening(file).hasMessageContaining("another program");
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement one = connection.createStatement()) {
      one.execute(statement);
    }
  }

  @Test
  void anotherCoordinatorsJournalIsNotShared() {
    try (Journal journal = SqlJournal.sqlite(file)) {
      opening(file).hasMessageContaining("in use");
      journal.commit(new KeepCheckpoint("s", "1"));
    }
    SqlJournal.sqlite(file).close();
  }

  @Test
  void aNewerSchemaIsRefused() throws SQLException {
    SqlJournal.sqlite(file).close();
    sql("INSERT INTO migrations VALUES (9999, '9999-future.sql', 'x')");

    opening(file).hasMessageContaining("9999-future.sql").hasMessageContaining("newer");
  }

  @Test
  void anOlderSchemaIsBroughtUpToDateAndKnowsItsProvidersKeys() throws SQLException {
    String key;
    try (Journal journal = SqlJournal.sqlite(file)) {
      new Story(journal).host(1000);
      key = journal.providers().getFirst().publicKey();
    }
    for (String index : List.of("bucket", "waiting", "ended", "removing", "turn")) {
      sql("DROP INDEX jobs_" + index);
    }
    sql("DROP INDEX notices_waiting");
    sql("ALTER TABLE notices DROP COLUMN alias");
    sql("CREATE INDEX notices_undecided ON notices (id) WHERE decided_at IS NULL");
    for (String column : List.of("kept", "removing", "removed_at")) {
      sql("ALTER TABLE jobs DROP COLUMN " + column);
    }
    sql("DROP TABLE retention");
    sql("DROP TABLE secrets");
    sql("DROP TABLE provider_keys");
    sql("DROP TABLE tokens");
    sql("DROP INDEX outbox_open");
    sql("CREATE INDEX outbox_open ON outbox (id) WHERE settled = 0");
    sql("ALTER TABLE outbox DROP COLUMN ledger");
    sql("ALTER TABLE providers DROP COLUMN ledger");
    sql("DELETE FROM migrations WHERE number > 1");

    try (Journal journal = SqlJournal.sqlite(file)) {
      assertThat(journal.providerKeys(Story.HOST)).containsExactly(key);
      assertThat(journal.secrets()).isEmpty();
    }
  }

  @Test
  void aSchemaThatWasMadeByOtherStatementsIsRefused() throws SQLException {
    SqlJournal.sqlite(file).close();
    sql("UPDATE migrations SET sha256 = 'x'");

    opening(file).hasMessageContaining("0001-journal.sql");
  }

  @Test
  void aFolderThatIsNoneIsNamed() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "x");

    opening(plain.resolve("journal.db")).hasMessageContaining(plain.toString());
    opening(folder.resolve("missing/journal.db")).hasMessageContaining("missing");
  }

  /** Not even root makes files there. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs /proc")
  void aFolderThatCannotBeWrittenIsNamed() {
    opening(Path.of("/proc/journal.db")).hasMessageContaining("cannot write in /proc");
  }

  @Test
  void goesOnAfterAnotherWriterHadTheFileForTooLong() throws SQLException {
    try (Journal journal = SqlJournal.sqlite(file);
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> journal.commit(new KeepCheckpoint("s", "1")))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("locked");
      statement.execute("ROLLBACK");

      journal.commit(new KeepCheckpoint("s", "2"));

      assertThat(journal.checkpoint("s")).contains("2");
    }
  }

  @Test
  void aClosedJournalSaysSo() {
    Journal journal = SqlJournal.sqlite(file);
    journal.close();
    journal.close();

    assertThatThrownBy(() -> journal.commit(new KeepCheckpoint("s", "1")))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> journal.checkpoint("s"))
        .isInstanceOf(JournalException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void anInterruptedCallerLearnsThatTheOutcomeIsUnknown() {
    try (Journal journal = SqlJournal.sqlite(file)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> journal.commit(new KeepCheckpoint("s", "1")))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("unknown");
      assertThat(Thread.interrupted()).isTrue();
      journal.commit(new KeepCheckpoint("s", "2"));
      assertThat(journal.checkpoint("s")).contains("2");
    }
  }

  @Test
  void aTimeThatNoColumnHoldsIsTheCallersFault() {
    try (Journal journal = SqlJournal.sqlite(file)) {
      Story story = new Story(journal);
      story.host(10);
      JobId job = story.admitted("k");

      assertThatThrownBy(() -> journal.commit(new CancelJob(TENANT, job, "r", Instant.MAX)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(story.state(job)).isEqualTo(JobState.WAITING);
    }
  }

  @Test
  void lateReceiptsAreKeptOnce() {
    try (SqlJournal journal = SqlJournal.sqlite(file)) {
      Story story = new Story(journal);
      story.host(1000);
      Story.Running running = story.running("k");
      story.done(running.ends(new Next.Produced()));
      KeepLateReceipt late = new KeepLateReceipt(TENANT, running.attempt(), Story.SIGNED, Story.T0);
      story.done(late);
      story.done(late);

      assertThat(journal.lateReceipts(TENANT, running.attempt())).containsExactly(Story.SIGNED);
    }
  }
}
