package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.backup.Manifest;
import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.ObjectQuery;
import dev.millrace.orch.client.Transfer;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import dev.millrace.schema.sign.Hex;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed at seeded moments while they take a backup. */
final class BackupKilledTest {
  private static final int OBJECTS = 12;
  private static final int KILLS = 8;
  private static final long SEED = 20;
  private static final Watcher SILENT =
      new Watcher() {
        @Override
        public void begins(String what, long bytes) {}

        @Override
        public void moved(long bytes) {}
      };

  @TempDir private Path folder;

  @Test
  void aKilledBackupIsWholeOrKnownToBeUnfinishedAndHarmsNothing() throws Exception {
    Path data = folder.resolve("data");
    fill(data);
    Map<String, String> before = digests(data);
    int steps = kill(data, folder.resolve("whole.zip"), Integer.MAX_VALUE);
    whole(folder.resolve("whole.zip"), 0);
    Random random = new Random(SEED);
    int unfinished = 0;
    for (int n = 1; n <= KILLS; n++) {
      Path file = folder.resolve("backup-" + n + ".zip");
      int after = 1 + random.nextInt(steps);
      kill(data, file, after);

      String when = "seed " + SEED + ", kill " + n + " after step " + after + " of " + steps;
      assertThat(digests(data)).as(when).isEqualTo(before);
      if (Files.exists(file)) {
        whole(file, n);
        Files.delete(file);
      } else {
        unfinished++;
        refused(file, when);
      }
      again(data, file, when);
    }
    assertThat(unfinished).isPositive();
    assertThat(objects(data)).isEqualTo(OBJECTS);
  }

  /** The steps that it said. */
  private static int kill(Path data, Path file, int after) throws Exception {
    Process child =
        new ProcessBuilder(BackingUpChild.command(data, file))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int said = 0;
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said++;
        if (said == after) {
          child.destroyForcibly();
        }
      }
    } catch (IOException e) {
      // The pipe may break in the middle of a line.
    }
    assertThat(child.waitFor()).isIn(0, 137);
    return said;
  }

  private void whole(Path file, int number) throws IOException {
    Path back = folder.resolve("back-" + number);
    Manifest manifest = new Restore(at -> Long.MAX_VALUE).into(file, back, SILENT);

    assertThat(manifest.items())
        .extracting(Manifest.Item::path)
        .contains("journal.db", "store/names.sqlite", "token");
    assertThat(objects(back)).isEqualTo(OBJECTS);
  }

  private void refused(Path file, String when) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".part");
    Restore restore = new Restore(at -> Long.MAX_VALUE);
    Path into = folder.resolve("none");
    if (Files.exists(unfinished)) {
      assertThatThrownBy(() -> restore.into(unfinished, into, SILENT))
          .as(when)
          .hasMessageContaining("millrace backup");
      assertThatThrownBy(() -> restore.into(file, into, SILENT))
          .as(when)
          .hasMessageContaining("stopped before it was whole");
    } else {
      assertThatThrownBy(() -> restore.into(file, into, SILENT)).hasMessageContaining("no backup");
    }
    assertThat(into).doesNotExist();
  }

  private void again(Path data, Path file, String when) throws IOException {
    new Backup(new SqliteDatabases(), InstantSource.system(), "test").take(data, file, SILENT);

    assertThat(file).as(when).exists();
    assertThat(file.resolveSibling(file.getFileName() + ".part")).doesNotExist();
    assertThat(Backup.left(data)).as(when).isFalse();
  }

  private Machine start(Path data) throws IOException {
    return Machine.start(
        new ConfigReader(name -> null)
            .read(
                "test.yaml",
                "provider: {runners: {process: {allow: ['*']}, docker: {enabled: false}}}",
                folder)
            .withPorts(0, 0),
        data,
        "test");
  }

  private CoordinatorClient client(Machine machine, Path data) throws IOException {
    return new CoordinatorClient(
        machine.apiEndpoint(), Files.readString(data.resolve(TokenFile.NAME)).strip());
  }

  private void fill(Path data) throws IOException {
    Random random = new Random(SEED);
    try (Machine machine = start(data);
        CoordinatorClient client = client(machine, data);
        Transfer transfer = new Transfer()) {
      for (int n = 0; n < OBJECTS; n++) {
        byte[] bytes = new byte[300_000];
        random.nextBytes(bytes);
        Path file = Files.write(folder.resolve("object"), bytes);
        transfer.upload(file, client.uploadUrl(new ObjectView(null, "box", "k" + n)), sent -> {});
      }
    }
  }

  private int objects(Path data) throws IOException {
    try (Machine machine = start(data);
        CoordinatorClient client = client(machine, data)) {
      return client.objects(new ObjectQuery(null, "box", "k", false, "", 1000)).objects().size();
    }
  }

  /** What of a folder no backup may change; what a database writes beside itself comes and goes. */
  private static Map<String, String> digests(Path data) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        String name = data.relativize(each).toString();
        boolean own = name.startsWith(".backup") || name.contains("/.backup/");
        if (!own && !name.endsWith("-wal") && !name.endsWith("-shm") && !name.endsWith("lock")) {
          found.put(name, Hex.of(Hex.sha256(Files.readAllBytes(each))));
        }
      }
    }
    return found;
  }
}
