package dev.millrace.orch.backup;

import static dev.millrace.orch.backup.Backups.BLOB;
import static dev.millrace.orch.backup.Backups.NOW;
import static dev.millrace.orch.backup.Backups.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup holds, what it refuses, and what it leaves behind. */
final class BackupTest {
  @TempDir private Path folder;
  private Backups backups;

  @BeforeEach
  void fill() throws IOException {
    backups = new Backups(folder);
  }

  @Test
  void whatIsRestoredIsWhatWasBackedUp() throws IOException {
    Manifest taken = backups.take();
    Manifest restored = backups.restore(folder.resolve("back"));

    assertThat(restored).isEqualTo(taken);
    assertThat(taken.taken()).isEqualTo(NOW);
    assertThat(backups.told.moved).isEqualTo(2 * taken.bytes());
    assertThat(content(folder.resolve("back")))
        .containsOnly(
            Map.entry("journal.db", "jobs"),
            Map.entry("store/names.sqlite", "names"),
            Map.entry("store/access-keys", "id and secret"),
            Map.entry("store/blobs/ab/" + BLOB, "an object"),
            Map.entry("ledger/entries", "first line\nentry"),
            Map.entry("ledger/index", "index"),
            Map.entry("ledger/checkpoint", "note"),
            Map.entry("keys/coordinator.ed25519", "key"),
            Map.entry("provider/receipts", "receipt\n"),
            Map.entry("token", "token"),
            Map.entry("millrace.yaml", "tenant: main"),
            // For the first start, of the coordinator and of the store.
            Map.entry("restored", ""),
            Map.entry("store/restored", ""));
  }

  @Test
  void theMarkOfARestoreIsNotBackedUpAndMadeAnewForWhatIsThere() throws IOException {
    backups.put("restored", "2026-01-01T00:00:00Z");
    backups.put("store/restored", "");
    Moment.remove(backups.data.resolve("store"));

    assertThat(backups.take().items()).noneMatch(item -> item.path().endsWith("restored"));
    backups.restore(folder.resolve("back"));
    assertThat(folder.resolve("back/restored")).hasContent("");
    assertThat(folder.resolve("back/store")).doesNotExist();
  }

  @Test
  void onlyTheOwnerCanReadIt() throws IOException {
    backups.take();
    backups.restore(folder.resolve("back"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backups.file)))
        .isEqualTo("rw-------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("back/token"))))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("back"))))
        .isEqualTo("rwx------");
  }

  @Test
  void nothingIsLeftInTheDataFolder() throws IOException {
    Map<String, String> before = content(backups.data);

    backups.take();

    before.put("backup.lock", "");
    assertThat(content(backups.data)).isEqualTo(before);
    assertThat(folder.resolve("backup.zip.part")).doesNotExist();
  }

  @Test
  void whatAnEarlierBackupLeftIsTakenAway() throws IOException {
    backups.put(".backup/journal.db", "half");
    backups.put("store/blobs/.backup/" + BLOB.replace("ab", "cd"), "gone");

    assertThat(backups.take().items()).noneMatch(item -> item.path().contains(".backup"));
    assertThat(backups.data.resolve(".backup")).doesNotExist();
  }

  @Test
  void linksStandForWhatTheyPointTo() throws IOException {
    Map<String, String> whole = contentOfBackup();
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (String moved : List.of("keys", "store", "millrace.yaml", "ledger", "journal.db")) {
      Files.move(backups.data.resolve(moved), elsewhere.resolve(moved));
      Files.createSymbolicLink(backups.data.resolve(moved), elsewhere.resolve(moved));
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), backups.data);
    backups.data = link;

    assertThat(contentOfBackup()).isEqualTo(whole);
    backups.data = Files.createSymbolicLink(folder.resolve("twice"), Path.of("link"));
    assertThat(contentOfBackup()).isEqualTo(whole);
    backups.file = elsewhere.resolve("store/x.zip");
    backups.data = elsewhere;
    backups.put("keys/coordinator.ed25519", "key");
    assertThatThrownBy(backups::take).hasMessageContaining("name a file elsewhere");
  }

  private Map<String, String> contentOfBackup() throws IOException {
    backups.take();
    Path into = folder.resolve("back");
    backups.restore(into);
    Map<String, String> found = content(into);
    Moment.remove(into);
    Files.delete(backups.file);
    return found;
  }

  @Test
  void linksThatLeadNowhereOrRoundAreRefusedByName() throws IOException {
    Path link = Files.createSymbolicLink(backups.data.resolve("keys/more"), Path.of("gone"));
    assertThatThrownBy(backups::take)
        .hasMessageContaining("keys/more is a link that leads nowhere");
    Files.delete(link);
    Files.createSymbolicLink(backups.data.resolve("keys/round"), backups.data);
    assertThatThrownBy(backups::take).hasMessageContaining("keys/round is a link round");
    Files.delete(backups.data.resolve("keys/round"));
    Files.createSymbolicLink(backups.data.resolve("keys/self"), Path.of("self"));
    assertThatThrownBy(backups::take).hasMessageContaining("keys/self is a link");
    assertThat(backups.file).doesNotExist();
  }

  @Test
  void refusesAJournalWithoutItsKeyAndACoordinatorWithoutItsJournal() throws IOException {
    Files.delete(backups.data.resolve("keys/coordinator.ed25519"));
    assertThatThrownBy(backups::take).hasMessageContaining("no keys/coordinator.ed25519");

    Files.delete(backups.data.resolve("journal.db"));
    assertThatThrownBy(backups::take)
        .as("the ledger says that a coordinator ran")
        .hasMessageContaining("--config")
        .hasMessageContaining("pg_dump");
    Moment.remove(backups.data.resolve("ledger"));
    backups.put("keys/coordinator.ed25519", "key");
    assertThatThrownBy(backups::take).as("its key does").hasMessageContaining("pg_dump");
    assertThat(backups.file).doesNotExist();

    Moment.remove(backups.data.resolve("keys"));
    assertThat(backups.take().items()).as("a store alone").isNotEmpty();
  }

  @Test
  void refusesToOverwriteAndToLieInsideOfWhatItBacksUp() throws IOException {
    backups.take();

    assertThatThrownBy(backups::take).hasMessageContaining("is there already");
    backups.file = backups.data.resolve("x.zip");
    assertThatThrownBy(backups::take).hasMessageContaining("name a file elsewhere");
    backups.file = folder.resolve("none/x.zip");
    assertThatThrownBy(backups::take).hasMessageContaining("there is no folder");
    backups.data = folder.resolve("nowhere");
    assertThatThrownBy(backups::take).hasMessageContaining("there is no data folder");
    backups.data = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(backups::take).hasMessageContaining("neither a journal nor a store");
  }

  @Test
  void whatAKilledBackupLeftIsClearedUnlessOneIsBeingTaken() throws IOException {
    assertThat(Backup.left(backups.data)).isFalse();
    backups.put(".backup/journal.db", "half");
    backups.put("store/blobs/.backup/" + BLOB, "linked");
    assertThat(Backup.left(backups.data)).isTrue();
    try (FileChannel channel =
            FileChannel.open(
                backups.data.resolve("backup.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThat(Backup.left(backups.data)).as("it is being taken").isFalse();
      Backup.clear(backups.data);
      assertThat(backups.data.resolve(".backup")).exists();
    }

    Backup.clear(backups.data);

    assertThat(backups.data.resolve(".backup")).doesNotExist();
    assertThat(backups.data.resolve("store/blobs/.backup")).doesNotExist();
    assertThat(backups.data.resolve("store/blobs/ab/" + BLOB)).exists();
  }
}
