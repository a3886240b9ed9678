package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temp;

  @Test
  void aNewFolderIsItsOwnersAlone() throws Exception {
    Path folder = temp.resolve("made/here");
    try (DataFolder data = DataFolder.open(folder)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.root())))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void aFolderThatSomeoneMadeKeepsItsPermissions() throws Exception {
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-x---"));
    try (DataFolder data = DataFolder.open(temp)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.root())))
          .isEqualTo("rwxr-x---");
    }
  }

  @Test
  void aFolderIsUsedOnceAtATime() throws Exception {
    try (DataFolder data = DataFolder.open(temp)) {
      assertThatThrownBy(() -> DataFolder.open(data.root()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already");
    }
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "x");

    assertThatThrownBy(() -> DataFolder.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is a file and no folder: name another folder with --data");
  }
}
