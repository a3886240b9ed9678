package dev.millrace.orch.command;

import dev.millrace.orch.backup.Manifest;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.doctor.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What commands do to the data folder of this machine, without a coordinator. */
public interface Upkeep {
  /**
   * Takes a backup.
   *
   * @param config of whoever uses the folder; empty for the one in it
   */
  Manifest backup(Path data, Optional<Path> config, Path file, Watcher watcher) throws IOException;

  /** Looks at this machine; within seconds, whatever hangs. */
  List<Finding> examine(Path data, Optional<Path> config) throws IOException, InterruptedException;

  /** The checkout that the launcher was started from; empty where nobody said so. */
  Optional<Path> home();

  /** Makes a data folder of a backup. */
  Manifest restore(Path file, Path data, Watcher watcher) throws IOException;
}
