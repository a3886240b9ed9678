package dev.millrace.orch.up;

import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** A process of its own that takes a backup and says each step of it; to be killed meanwhile. */
final class BackingUpChild {
  private BackingUpChild() {}

  /** What starts it. */
  static List<String> command(Path data, Path file) {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        "-cp",
        classes,
        BackingUpChild.class.getName(),
        data.toString(),
        file.toString());
  }

  public static void main(String[] words) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Watcher said =
        new Watcher() {
          @Override
          public void begins(String what, long bytes) {
            out.println("begins " + what);
          }

          @Override
          public void moved(long bytes) {
            out.println("moved " + bytes);
          }
        };
    new Backup(new SqliteDatabases(), InstantSource.system(), "test")
        .take(Path.of(words[0]), Path.of(words[1]), said);
    out.println("whole");
  }
}
