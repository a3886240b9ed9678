package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.doctor.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed backup leaves is warned of, and gone after a start. */
final class LeftBackupTest {
  @TempDir private Path folder;

  @BeforeEach
  void leave() throws IOException {
    Files.createDirectories(folder.resolve(".backup"));
    Files.writeString(folder.resolve(".backup/journal.db"), "half");
    Files.createDirectories(folder.resolve("store/blobs/.backup"));
    Files.writeString(folder.resolve("store/blobs/.backup/ab01"), "linked");
  }

  @Test
  void doctorWarnsUntilAStartHasClearedIt() throws Exception {
    assertThat(Checkup.backup(folder))
        .singleElement()
        .extracting(Finding::level)
        .isEqualTo(Finding.Level.WARN);

    new Site(folder, "").close();

    assertThat(folder.resolve(".backup")).doesNotExist();
    assertThat(folder.resolve("store/blobs/.backup")).doesNotExist();
    assertThat(Checkup.backup(folder)).isEmpty();
  }
}
