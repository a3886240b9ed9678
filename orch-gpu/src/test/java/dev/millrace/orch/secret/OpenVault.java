package dev.millrace.orch.secret;

import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.orch.observe.Recorder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/** A vault on a folder of a test, with a journal of its own. */
public record OpenVault(Journal journal, SecretKeyFile file, Vault vault) implements AutoCloseable {
  public static OpenVault in(Path folder, InstantSource clock) throws IOException {
    SecureRandom random = new SecureRandom();
    new KeyFiles(folder.resolve("keys"), random);
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    SecretKeyFile file = new SecretKeyFile(folder.resolve("keys"));
    return new OpenVault(
        journal, file, new Vault(journal, new Recorder(journal), file, clock, random));
  }

  /** What asks it. */
  public SecretDesk desk() {
    return new SecretDesk(vault, new Catalog(journal), () -> {}, false);
  }

  @Override
  public void close() {
    journal.close();
  }
}
