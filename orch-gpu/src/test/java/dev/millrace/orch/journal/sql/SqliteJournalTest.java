package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on SQLite. */
final class SqliteJournalTest extends JournalContract {
  @TempDir Path folder;

  @Override
  protected Journal open() {
    return SqlJournal.sqlite(folder.resolve("a ?#%b.db"));
  }
}
