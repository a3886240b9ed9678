package dev.millrace.orch.backup;

import static dev.millrace.orch.backup.Backups.NOW;
import static dev.millrace.orch.backup.Backups.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not whole, or that were made to do harm. */
final class DamagedBackupTest {
  @TempDir private Path folder;
  private Backups backups;

  @BeforeEach
  void fill() throws IOException {
    backups = new Backups(folder);
  }

  /** Each single byte: what is restored in spite of it must be the same. */
  @Test
  void aFlippedByteIsFoundOrChangesNothing() throws IOException {
    fewer();
    backups.take();
    byte[] whole = Files.readAllBytes(backups.file);
    Map<String, String> right = content(restoredInto("right"));
    int refused = 0;
    for (int i = 0; i < whole.length; i += 7) {
      byte[] bytes = whole.clone();
      bytes[i] ^= 0x10;
      Files.write(backups.file, bytes);
      Path into = folder.resolve("back" + i);
      try {
        backups.restore(into);
        assertThat(content(into)).as("byte %s", i).isEqualTo(right);
        Moment.remove(into);
      } catch (IOException e) {
        refused++;
        assertThat(into).as("byte %s", i).doesNotExist();
      }
    }
    assertThat(refused).isGreaterThan(whole.length / 21);
  }

  /** Three files alone: each of many restores syncs all that it writes. */
  private void fewer() throws IOException {
    Moment.remove(backups.data);
    backups.put("journal.db", "jobs");
    backups.put("keys/coordinator.ed25519", "key");
    backups.put("token", "token");
  }

  private Path restoredInto(String name) throws IOException {
    backups.restore(folder.resolve(name));
    return folder.resolve(name);
  }

  @Test
  void aFileThatWasCutShortIsRefusedWhereverItWasCut() throws IOException {
    backups.take();
    byte[] whole = Files.readAllBytes(backups.file);
    Path into = folder.resolve("back");
    for (int length = 0; length < whole.length; length += 41) {
      Files.write(backups.file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> backups.restore(into)).hasMessageContaining("was not restored");
      assertThat(into).doesNotExist();
      assertThat(folder.resolve(".back.restoring")).doesNotExist();
    }
  }

  @Test
  void pathsThatLeadElsewhereAreRefused() throws IOException {
    for (String path :
        List.of("../out", "/etc/out", "a/../../out", "a//b", "./a", "a\\..\\b", "", "a\tb")) {
      archive(1, Map.of(path, "text"));

      assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
          .as(path)
          .isInstanceOf(IOException.class);
      assertThat(folder.resolve("out")).doesNotExist();
      assertThat(folder.resolve("back")).doesNotExist();
    }
  }

  @Test
  void aFileThatIsAlsoAFolderIsRefused() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("a", "text");
    files.put("a/b", "text");
    archive(1, files);

    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("was not restored");
    assertThat(folder.resolve("back")).doesNotExist();
  }

  @Test
  void anotherVersionIsRefusedAndSaysSo() throws IOException {
    archive(2, Map.of("token", "text"));

    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("millrace-backup 2")
        .hasMessageContaining("restore it with the version");
  }

  @Test
  void anyOtherArchiveIsRefused() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(backups.file))) {
      zip.putNextEntry(new ZipEntry("token"));
    }

    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("it is no backup of Millrace");
    Files.writeString(backups.file, "no archive at all");
    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("no backup");
    Files.delete(backups.file);
    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("there is no");
  }

  @Test
  void entriesThatNobodyNamedAndEntriesThatAreMissingAreRefused() throws IOException {
    String listed = line("token", "text");
    write(sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed), Map.of());
    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("missing");

    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed),
        Map.of("token", "text", "more", "text"));
    assertThatThrownBy(() -> backups.restore(folder.resolve("back"))).hasMessageContaining("more");

    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed + listed),
        Map.of("token", "text"));
    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("malformed");
  }

  @Test
  void anEntryThatIsLongerThanItSaysIsRefused() throws IOException {
    String digest = Hex.of(Hex.sha256("text".getBytes(StandardCharsets.UTF_8)));
    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\nfile " + digest + " 4 token\n"),
        Map.of("token", "text".repeat(1_000_000)));

    assertThatThrownBy(() -> backups.restore(folder.resolve("back")))
        .hasMessageContaining("damaged");
  }

  private void archive(int version, Map<String, String> files) throws IOException {
    StringBuilder text = new StringBuilder("millrace-backup " + version + "\ntaken " + NOW + "\n");
    text.append("by 1\n");
    files.forEach((path, content) -> text.append(line(path, content)));
    write(sealed(text.toString()), files);
  }

  private static String line(String path, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return "file " + Hex.of(Hex.sha256(bytes)) + " " + bytes.length + " " + path + "\n";
  }

  private static String sealed(String text) {
    return text + "end " + Hex.of(Hex.sha256(text.getBytes(StandardCharsets.UTF_8))) + "\n";
  }

  private void write(String manifest, Map<String, String> files) throws IOException {
    try (OutputStream out = Files.newOutputStream(backups.file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey()));
        zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
      }
      zip.putNextEntry(new ZipEntry(Manifest.NAME));
      zip.write(manifest.getBytes(StandardCharsets.UTF_8));
    }
  }
}
