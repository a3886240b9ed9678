package dev.millrace.orch.up;

import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.backup.Manifest;
import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.command.Upkeep;
import dev.millrace.orch.command.Version;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Backups of folders whose databases are SQLite's. */
final class LocalUpkeep implements Upkeep {
  private final Coordinator.Nature nature = Coordinator.Nature.real();

  @Override
  public Manifest backup(Path data, Optional<Path> config, Path file, Watcher watcher)
      throws IOException {
    MillraceConfig read = config(data, config);
    if (read.postgres() != null) {
      throw new IOException(
          "the journal of this coordinator is in PostgreSQL, which is not in its data folder: take"
              + " pg_dump of it with the coordinator stopped, and a copy of the folder");
    }
    return new Backup(new SqliteDatabases(), nature.clock(), Version.current())
        .take(data, file, watcher);
  }

  @Override
  public Manifest restore(Path file, Path data, Watcher watcher) throws IOException {
    return new Restore(folder -> Files.getFileStore(folder).getUsableSpace())
        .into(file, data, watcher);
  }

  @Override
  public List<Finding> examine(Path data, Optional<Path> config)
      throws IOException, InterruptedException {
    return new Checkup(nature, data, config).examine();
  }

  @Override
  public Optional<Path> home() {
    return Optional.ofNullable(System.getProperty("millrace.home")).map(Path::of);
  }

  /** The configuration that a folder is used with. */
  static MillraceConfig config(Path data, Optional<Path> config) throws IOException {
    Path file = config.orElse(data.resolve(Wired.CONFIG));
    if (config.isPresent() && !Files.exists(file)) {
      throw new IOException("there is no configuration file " + file);
    }
    return new ConfigReader(System::getenv).read(file);
  }
}
