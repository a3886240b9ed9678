package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.client.Transfer;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of a machine at work, and a machine started on one. */
final class BackupUnderLoadTest {
  private static final int BEFORE = 25;
  private static final int AFTER = 12;
  private static final Duration LONGEST = Duration.ofSeconds(120);
  private static final String FDL =
      """
      functions:
        millrace:
          - name: upper
            runner: process
            memory: 16Mi
            cpu: 0.05
            timeout: 20s
            script: |
              tr a-z A-Z < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/$(basename "$INPUT_FILE_PATH")"
            input:
              - {storage_provider: millrace.default, path: texts/in}
            output:
              - {storage_provider: millrace.default, path: texts/out}
      """;

  @TempDir private Path folder;

  private final List<String> stored = new CopyOnWriteArrayList<>();
  private final AtomicBoolean enough = new AtomicBoolean();

  @Test
  void everyUploadBeforeItEndsAsOneJobWithItsOutput() throws Exception {
    Path data = folder.resolve("data");
    Path file = folder.resolve("backup.zip");
    List<String> before;
    try (Machine machine = start(data)) {
      deploy(machine, data);
      Thread uploads = Thread.ofPlatform().start(() -> uploadUntilEnough(machine, data));
      await().atMost(LONGEST).until(() -> stored.size() >= BEFORE && done(machine, data) >= 5);
      before = List.copyOf(stored);
      int then = before.size();
      new Backup(new SqliteDatabases(), InstantSource.system(), "test")
          .take(data, file, new Silent());
      await().atMost(LONGEST).until(() -> stored.size() >= then + AFTER);
      enough.set(true);
      uploads.join();
    }
    Path back = folder.resolve("back");
    new Restore(at -> Long.MAX_VALUE).into(file, back, new Silent());

    try (Machine machine = start(back)) {
      await()
          .atMost(LONGEST)
          .untilAsserted(
              () -> assertThat(inputs(machine, back, List.of("succeeded"))).containsAll(before));
      // Each once, and none that failed.
      assertThat(inputs(machine, back, List.of())).doesNotHaveDuplicates();
      assertThat(inputs(machine, back, List.of("dead", "refused", "input-gone"))).isEmpty();
      for (String key : before) {
        assertThat(output(machine, back, key)).isEqualTo(key.toUpperCase(java.util.Locale.ROOT));
      }
      assertThat(sound(machine, back)).isTrue();
    }
  }

  private Machine start(Path data) throws IOException {
    return Machine.start(
        new ConfigReader(name -> null)
            .read(
                "test.yaml",
                """
                leases: {duration: 2s, claim_within: 5s, manifest_poll: 1s, stop_grace: 10s}
                listing: {interval: 1h}
                provider: {runners: {process: {allow: [upper]}, docker: {enabled: false}}}
                """,
                folder)
            .withPorts(0, 0),
        data,
        "test");
  }

  private static CoordinatorClient client(Machine machine, Path data) throws IOException {
    return new CoordinatorClient(
        machine.apiEndpoint(), Files.readString(data.resolve(TokenFile.NAME)).strip());
  }

  private static void deploy(Machine machine, Path data) throws IOException {
    try (CoordinatorClient client = client(machine, data)) {
      client.deploy(new DeployRequest("f.yaml", FDL, Map.of(), Map.of(), false));
    }
  }

  private void uploadUntilEnough(Machine machine, Path data) {
    try (CoordinatorClient client = client(machine, data);
        Transfer transfer = new Transfer()) {
      for (int i = 0; !enough.get() && i < 400; i++) {
        String key = "in/file-" + i;
        Path file = Files.writeString(folder.resolve("upload"), key);
        transfer.upload(file, client.uploadUrl(new ObjectView(null, "texts", key)), bytes -> {});
        stored.add(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long done(Machine machine, Path data) throws IOException {
    return inputs(machine, data, List.of("succeeded")).size();
  }

  private static List<String> inputs(Machine machine, Path data, List<String> states)
      throws IOException {
    try (CoordinatorClient client = client(machine, data)) {
      return client.jobs(JobQuery.newest(1000)).jobs().stream()
          .filter(job -> states.isEmpty() || states.contains(job.state()))
          .map(JobRow::input)
          .map(ObjectView::key)
          .toList();
    }
  }

  private static String output(Machine machine, Path data, String key) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CoordinatorClient client = client(machine, data);
        Transfer transfer = new Transfer()) {
      transfer.download(
          client.downloadUrl(new ObjectView(null, "texts", key.replace("in/", "out/"))),
          out,
          bytes -> {});
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static boolean sound(Machine machine, Path data) throws IOException {
    try (CoordinatorClient client = client(machine, data)) {
      return client.verify(Optional.empty()).sound();
    }
  }

  private static final class Silent implements Watcher {
    @Override
    public void begins(String what, long bytes) {
      // Nobody looks.
    }

    @Override
    public void moved(long bytes) {
      // Nobody looks.
    }
  }
}
