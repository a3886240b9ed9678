package dev.millrace.orch.up;

import dev.millrace.orch.backup.Databases;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.orch.secret.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Whether the secrets of a data folder open; of a journal elsewhere the key file alone is seen. */
final class SecretCheck {
  private static final String SUBJECT = "secrets";

  private SecretCheck() {}

  static List<Finding> of(Path data, MillraceConfig config) throws IOException {
    SecretKeyFile file = new SecretKeyFile(data.resolve("keys"));
    Path journal = data.resolve("journal.db");
    Set<String> sealed =
        config.postgres() == null && Files.exists(journal) ? sealedUnder(journal) : Set.of();
    if (sealed.isEmpty() && !file.exists()) {
      return List.of();
    }
    Optional<String> trouble = Vault.unknown(file, sealed);
    if (trouble.isPresent()) {
      return List.of(
          Finding.bad(
              SUBJECT,
              trouble.get(),
              "until then functions that want secrets are held back; others run"));
    }
    return List.of(
        file.open()
            ? Finding.warn(SUBJECT, file.path() + " is open to others", "chmod 600 " + file.path())
            : Finding.ok(SUBJECT, "the key file opens them; no backup has it: keep a copy"));
  }

  private static Set<String> sealedUnder(Path journal) throws IOException {
    try (Databases.Held held = new SqliteDatabases().hold(journal);
        Databases.Snapshot snapshot = held.snapshot()) {
      return snapshot.texts("SELECT name FROM sqlite_master WHERE name = 'secrets'").isEmpty()
          ? Set.of()
          : new TreeSet<>(snapshot.texts("SELECT DISTINCT key_id FROM secrets"));
    }
  }
}
