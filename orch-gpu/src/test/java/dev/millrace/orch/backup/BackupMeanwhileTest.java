package dev.millrace.orch.backup;

import static dev.millrace.orch.backup.Backups.BLOB;
import static dev.millrace.orch.backup.Backups.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens while a backup is taken. */
final class BackupMeanwhileTest {
  @TempDir private Path folder;
  private Backups backups;

  @BeforeEach
  void fill() throws IOException {
    backups = new Backups(folder);
  }

  @Test
  void aBlobThatIsRemovedMeanwhileIsInIt() throws IOException {
    Databases removing =
        new CopiedDatabases() {
          @Override
          void copied() throws IOException {
            Files.deleteIfExists(backups.data.resolve("store/blobs/ab/" + BLOB));
          }
        };

    backups.take(removing);
    backups.restore(folder.resolve("back"));

    assertThat(folder.resolve("back/store/blobs/ab/" + BLOB)).hasContent("an object");
  }

  @Test
  void aLogThatGrowsMeanwhileIsKeptAsItWas() throws IOException {
    Databases growing =
        new CopiedDatabases() {
          @Override
          void copied() throws IOException {
            backups.put("ledger/entries", "first line\nentry and another");
          }
        };

    backups.take(growing);
    backups.restore(folder.resolve("back"));

    assertThat(folder.resolve("back/ledger/entries")).hasContent("first line\nentry");
  }

  @Test
  void aBackupThatFailsLeavesNothing() {
    Databases failing =
        new CopiedDatabases() {
          @Override
          void copied() throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(() -> backups.take(failing)).hasMessageContaining("No space left");
    assertThat(backups.file).doesNotExist();
    assertThat(backups.data.resolve(".backup")).doesNotExist();
    assertThat(backups.data.resolve("store/blobs/.backup")).doesNotExist();
  }

  @Test
  void theStoreGoesOnBeforeItsNewestBlobsAreLinked() throws IOException {
    String newest = "cd" + BLOB.substring(2);
    List<Boolean> linked = new ArrayList<>();
    Databases writing =
        new CopiedDatabases() {
          @Override
          void storeHeld() throws IOException {
            backups.put("store/blobs/cd/" + newest, "newest");
          }

          @Override
          void storeLetGo() {
            linked.add(Files.exists(backups.data.resolve("store/blobs/.backup").resolve(newest)));
          }
        };

    backups.take(writing);
    backups.restore(folder.resolve("back"));

    assertThat(linked).containsExactly(false);
    assertThat(folder.resolve("back/store/blobs/cd/" + newest)).hasContent("newest");
  }

  @Test
  void beginsAgainWhenABlobOfTheMomentHasVanishedAndHoldsTheStoreInTheEnd() throws IOException {
    AtomicInteger moments = new AtomicInteger();
    Databases busy =
        new CopiedDatabases() {
          @Override
          void storeHeld() throws IOException {
            String name = "cd" + "0".repeat(29) + moments.incrementAndGet();
            backups.put("store/blobs/cd/" + name, "short-lived");
          }

          @Override
          void storeLetGo() throws IOException {
            // Writers remove it as soon as they may.
            Moment.remove(backups.data.resolve("store/blobs/cd"));
          }
        };

    backups.take(busy);
    backups.restore(folder.resolve("back"));

    assertThat(moments).hasValue(4);
    assertThat(folder.resolve("back/store/blobs/ab/" + BLOB)).hasContent("an object");
    assertThat(content(folder.resolve("back/store/blobs/cd")))
        .containsOnly(Map.entry("cd" + "0".repeat(29) + "4", "short-lived"));
  }

  @Test
  void refusesAStoreWhoseNamesNeedAFileThatIsGone() throws IOException {
    String gone = "ef" + "0".repeat(30);
    Databases damaged =
        new CopiedDatabases() {
          @Override
          List<String> alsoNamed() {
            return List.of(gone);
          }
        };

    assertThatThrownBy(() -> backups.take(damaged))
        .hasMessageContaining("the store is damaged")
        .hasMessageContaining(gone);
    assertThat(backups.file).doesNotExist();
    assertThat(backups.data.resolve(Layout.LINKS)).doesNotExist();
  }

  @Test
  void aLargeFileThatIsReplacedMeanwhileIsKeptAsItWas() throws IOException {
    String large = "first".repeat(1 << 19);
    backups.put("providers.json", large);
    Databases replacing =
        new CopiedDatabases() {
          @Override
          void copied() throws IOException {
            backups.put("providers.new", "second");
            Files.move(
                backups.data.resolve("providers.new"),
                backups.data.resolve("providers.json"),
                StandardCopyOption.REPLACE_EXISTING);
          }
        };

    backups.take(replacing);
    backups.restore(folder.resolve("back"));

    assertThat(folder.resolve("back/providers.json")).hasContent(large);
  }
}
