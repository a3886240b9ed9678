package dev.millrace.triggers.embedded.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
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

  @Test
  void smallBytesAreRefusedWholeOnAFullDiskAndTakenWhenThereIsRoomAgain() throws Exception {
    try (NameDatabase names =
        NameDatabase.open(folder.resolve("names.sqlite"), new CommitSignal())) {
      Objects objects = new Objects(names, InstantSource.system());
      new Buckets(names, InstantSource.system()).create("b");
      pages(names, "PRAGMA max_page_count = " + (pages(names, "PRAGMA page_count") + 2));

      assertThatThrownBy(() -> put(objects))
          .isInstanceOfSatisfying(
              Refusal.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE));
      assertThat(objects.find("b", "k")).isEmpty();
      assertThat(pages(names, "SELECT count(*) FROM small_bytes")).isZero();
      assertThat(pages(names, "SELECT count(*) FROM events")).isZero();

      pages(names, "PRAGMA max_page_count = 100000");
      assertThat(put(objects)).isInstanceOf(WriteOutcome.Written.class);
      assertThat(objects.open("b", "k")).isPresent();
    }
  }

  private static WriteOutcome put(Objects objects) throws Exception {
    return objects.put(
        new Objects.Target("b", "k", ObjectHeaders.NONE, "", new WriteCondition.Anything()),
        new NewContent(
            new FreshBytes.InMemory(new byte[16 << 10]),
            16 << 10,
            "0".repeat(32),
            Optional.empty()),
        EventName.CREATED_PUT);
  }

  private static long pages(NameDatabase names, String pragma) throws Exception {
    return names.<Long>write(
        statements -> statements.first(row -> row.getLong(1), pragma).orElseThrow());
  }
}
