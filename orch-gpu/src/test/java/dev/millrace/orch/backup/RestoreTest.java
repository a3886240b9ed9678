package dev.millrace.orch.backup;

import static dev.millrace.orch.backup.Backups.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a backup may be restored to. */
final class RestoreTest {
  @TempDir private Path folder;
  private Backups backups;

  @BeforeEach
  void fill() throws IOException {
    backups = new Backups(folder);
  }

  @Test
  void refusesAMountPointBeforeAnythingIsCopied() throws IOException {
    backups.take();
    Path into = Files.createDirectory(folder.resolve("a disk"));
    Path mountinfo =
        Files.writeString(
            folder.resolve("mountinfo"),
            "36 35 98:0 / "
                + into.toRealPath().toString().replace(" ", "\\040")
                + " rw,noatime shared:1 - ext4 /dev/sda1 rw\n");
    long before = backups.told.moved;

    assertThatThrownBy(() ->
            new Restore(at -> Long.MAX_VALUE, new Mounts(mountinfo))
                .into(backups.file, into, backups.told))
        .hasMessageContaining("is mounted")
        .hasMessageContaining(into.resolve("millrace").toString());
    assertThat(backups.told.moved).isEqualTo(before);
    new Restore(at -> Long.MAX_VALUE, new Mounts(mountinfo))
        .into(backups.file, into.resolve("millrace"), backups.told);
    assertThat(into.resolve("millrace/token")).hasContent("token");
  }

  @Test
  void refusesAFolderThatIsNotEmptyAndLeavesItAsItIs() throws IOException {
    backups.take();
    Path into = Files.createDirectory(folder.resolve("back"));
    Files.writeString(into.resolve("mine"), "mine");

    assertThatThrownBy(() -> backups.restore(into)).hasMessageContaining("is not empty");
    assertThat(content(into)).containsOnly(Map.entry("mine", "mine"));
    assertThatThrownBy(() -> backups.restore(into.resolve("mine")))
        .hasMessageContaining("is no folder");
    assertThatThrownBy(() -> backups.restore(folder.resolve("a/b")))
        .hasMessageContaining("is no folder");
  }

  @Test
  void takesAFolderThatIsEmpty() throws IOException {
    backups.take();

    backups.restore(Files.createDirectory(folder.resolve("back")));

    assertThat(folder.resolve("back/token")).hasContent("token");
  }

  @Test
  void aDiskWithoutRoomIsToldBeforeAnythingIsWritten() throws IOException {
    long bytes = backups.take().bytes();

    assertThatThrownBy(() ->
            new Restore(at -> bytes - 1).into(backups.file, folder.resolve("back"), backups.told))
        .hasMessageContaining("it needs " + bytes + " bytes");
    assertThat(folder.resolve("back")).doesNotExist();
  }
}
