package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.sql.SqlJournal;
import java.io.IOException;

/** Opens the journal that the configuration names. */
final class Journals {
  private Journals() {}

  static Journal open(MillraceConfig config, DataFolder data) throws IOException {
    MillraceConfig.Postgres postgres = config.postgres();
    if (postgres == null) {
      return SqlJournal.sqlite(data.file("journal.db"));
    }
    String password = NamedFile.word(postgres.passwordFile());
    return SqlJournal.postgres(postgres.url(), postgres.user(), () -> password);
  }
}
