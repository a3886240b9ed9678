package dev.millrace.triggers.embedded.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
  private static final String FILL = "INSERT INTO filler (x) VALUES (zeroblob(20000))";

  @TempDir Path folder;

  /** The database's own limit of pages stands for the disk: both are SQLITE_FULL. */
  @Test
  void whatWasRefusedOnAFullDiskIsTakenWhenThereIsRoomAgain() throws Exception {
    try (NameDatabase names =
        NameDatabase.open(folder.resolve("names.sqlite"), new CommitSignal())) {
      names.write(statements -> statements.update("CREATE TABLE filler (x)"));
      long pages = pages(names, "PRAGMA page_count");
      pages(names, "PRAGMA max_page_count = " + (pages + 2));
      assertThatThrownBy(() -> names.write(statements -> statements.update(FILL)))
          .hasMessageContaining("full");
      assertThatThrownBy(() -> names.write(statements -> statements.update(FILL)))
          .hasMessageContaining("full");

      pages(names, "PRAGMA max_page_count = 100000");

      assertThat(names.<Integer>write(statements -> statements.update(FILL))).isEqualTo(1);
    }
  }

  private static long pages(NameDatabase names, String pragma) throws Exception {
    return names.<Long>write(
        statements -> statements.first(row -> row.getLong(1), pragma).orElseThrow());
  }
}
