package dev.millrace.orch.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder into one file and back, and what is done with files that are not whole. */
final class BackupTest {
  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
  private static final String BLOB = "ab0123456789abcdef0123456789abcd";

  @TempDir private Path folder;
  private final Told told = new Told();
  private Path data;
  private Path file;

  @BeforeEach
  void fill() throws IOException {
    data = folder.resolve("data");
    file = folder.resolve("backup.zip");
    put("journal.db", "jobs");
    put("journal.db-wal", "left out: it is in the copy");
    put("store/names.sqlite", "names");
    put("store/access-keys", "id and secret");
    put("store/lock", "");
    put("store/blobs/ab/" + BLOB, "an object");
    put("ledger/entries", "first line\nentry");
    put("ledger/index", "index");
    put("ledger/checkpoint", "note");
    put("keys/coordinator.ed25519", "key");
    put("provider/receipts", "receipt\n");
    put("provider/runs/r1/step", "left out");
    put("token", "token");
    put("millrace.yaml", "tenant: main");
    put("coordinator.json", "left out");
    put("scratch/x", "left out");
  }

  private void put(String name, String text) throws IOException {
    Path at = data.resolve(name);
    Files.createDirectories(at.getParent());
    Files.writeString(at, text);
  }

  private Manifest take() throws IOException {
    return new Backup(new Copied(), InstantSource.fixed(NOW), "1.2.3").take(data, file, told);
  }

  private Manifest restore(Path into) throws IOException {
    return new Restore(at -> Long.MAX_VALUE).into(file, into, told);
  }

  private static Map<String, String> content(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        found.put(root.relativize(each).toString(), Files.readString(each));
      }
    }
    return found;
  }

  @Test
  void whatIsRestoredIsWhatWasBackedUp() throws IOException {
    Manifest taken = take();
    Manifest restored = restore(folder.resolve("back"));

    assertThat(restored).isEqualTo(taken);
    assertThat(taken.taken()).isEqualTo(NOW);
    assertThat(told.moved).isEqualTo(2 * taken.bytes());
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
    put("restored", "2026-01-01T00:00:00Z");
    put("store/restored", "");
    Moment.remove(data.resolve("store"));

    assertThat(take().items()).noneMatch(item -> item.path().endsWith("restored"));
    restore(folder.resolve("back"));
    assertThat(folder.resolve("back/restored")).hasContent("");
    assertThat(folder.resolve("back/store")).doesNotExist();
  }

  @Test
  void onlyTheOwnerCanReadIt() throws IOException {
    take();
    restore(folder.resolve("back"));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
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
    Map<String, String> before = content(data);

    take();

    before.put("backup.lock", "");
    assertThat(content(data)).isEqualTo(before);
    assertThat(folder.resolve("backup.zip.part")).doesNotExist();
  }

  @Test
  void whatAnEarlierBackupLeftIsTakenAway() throws IOException {
    put(".backup/journal.db", "half");
    put("store/blobs/.backup/" + BLOB.replace("ab", "cd"), "gone");

    assertThat(take().items()).noneMatch(item -> item.path().contains(".backup"));
    assertThat(data.resolve(".backup")).doesNotExist();
  }

  @Test
  void aBlobThatIsRemovedMeanwhileIsInIt() throws IOException {
    Databases removing =
        new Copied() {
          @Override
          void copied() throws IOException {
            Files.deleteIfExists(data.resolve("store/blobs/ab/" + BLOB));
          }
        };

    new Backup(removing, InstantSource.fixed(NOW), "1.2.3").take(data, file, told);
    restore(folder.resolve("back"));

    assertThat(folder.resolve("back/store/blobs/ab/" + BLOB)).hasContent("an object");
  }

  @Test
  void aLogThatGrowsMeanwhileIsKeptAsItWas() throws IOException {
    Databases growing =
        new Copied() {
          @Override
          void copied() throws IOException {
            put("ledger/entries", "first line\nentry and another");
          }
        };

    new Backup(growing, InstantSource.fixed(NOW), "1.2.3").take(data, file, told);
    restore(folder.resolve("back"));

    assertThat(folder.resolve("back/ledger/entries")).hasContent("first line\nentry");
  }

  @Test
  void linksStandForWhatTheyPointTo() throws IOException {
    Map<String, String> whole = contentOfBackup();
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    for (String moved : List.of("keys", "store", "millrace.yaml", "ledger", "journal.db")) {
      Files.move(data.resolve(moved), elsewhere.resolve(moved));
      Files.createSymbolicLink(data.resolve(moved), elsewhere.resolve(moved));
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    data = link;

    assertThat(contentOfBackup()).isEqualTo(whole);
    data = Files.createSymbolicLink(folder.resolve("twice"), Path.of("link"));
    assertThat(contentOfBackup()).isEqualTo(whole);
    file = elsewhere.resolve("store/x.zip");
    data = elsewhere;
    put("keys/coordinator.ed25519", "key");
    assertThatThrownBy(this::take).hasMessageContaining("name a file elsewhere");
  }

  private Map<String, String> contentOfBackup() throws IOException {
    take();
    Path into = folder.resolve("back");
    restore(into);
    Map<String, String> found = content(into);
    Moment.remove(into);
    Files.delete(file);
    return found;
  }

  @Test
  void linksThatLeadNowhereOrRoundAreRefusedByName() throws IOException {
    Path link = Files.createSymbolicLink(data.resolve("keys/more"), Path.of("gone"));
    assertThatThrownBy(this::take).hasMessageContaining("keys/more is a link that leads nowhere");
    Files.delete(link);
    Files.createSymbolicLink(data.resolve("keys/round"), data);
    assertThatThrownBy(this::take).hasMessageContaining("keys/round is a link round");
    Files.delete(data.resolve("keys/round"));
    Files.createSymbolicLink(data.resolve("keys/self"), Path.of("self"));
    assertThatThrownBy(this::take).hasMessageContaining("keys/self is a link");
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesAJournalWithoutItsKeyAndACoordinatorWithoutItsJournal() throws IOException {
    Files.delete(data.resolve("keys/coordinator.ed25519"));
    assertThatThrownBy(this::take).hasMessageContaining("no keys/coordinator.ed25519");

    Files.delete(data.resolve("journal.db"));
    assertThatThrownBy(this::take)
        .as("the ledger says that a coordinator ran")
        .hasMessageContaining("--config")
        .hasMessageContaining("pg_dump");
    Moment.remove(data.resolve("ledger"));
    put("keys/coordinator.ed25519", "key");
    assertThatThrownBy(this::take).as("its key does").hasMessageContaining("pg_dump");
    assertThat(file).doesNotExist();

    Moment.remove(data.resolve("keys"));
    assertThat(take().items()).as("a store alone").isNotEmpty();
  }

  @Test
  void refusesToOverwriteAndToLieInsideOfWhatItBacksUp() throws IOException {
    take();

    assertThatThrownBy(this::take).hasMessageContaining("is there already");
    file = data.resolve("x.zip");
    assertThatThrownBy(this::take).hasMessageContaining("name a file elsewhere");
    file = folder.resolve("none/x.zip");
    assertThatThrownBy(this::take).hasMessageContaining("there is no folder");
    data = folder.resolve("nowhere");
    assertThatThrownBy(this::take).hasMessageContaining("there is no data folder");
    data = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(this::take).hasMessageContaining("neither a journal nor a store");
  }

  @Test
  void aBackupThatFailsLeavesNothing() {
    Databases failing =
        new Copied() {
          @Override
          void copied() throws IOException {
            throw new IOException("No space left on device");
          }
        };

    assertThatThrownBy(
            () -> new Backup(failing, InstantSource.fixed(NOW), "1").take(data, file, told))
        .hasMessageContaining("No space left");
    assertThat(file).doesNotExist();
    assertThat(data.resolve(".backup")).doesNotExist();
    assertThat(data.resolve("store/blobs/.backup")).doesNotExist();
  }

  @Test
  void theStoreGoesOnBeforeItsNewestBlobsAreLinked() throws IOException {
    String newest = "cd" + BLOB.substring(2);
    List<Boolean> linked = new ArrayList<>();
    Databases writing =
        new Copied() {
          @Override
          void storeHeld() throws IOException {
            put("store/blobs/cd/" + newest, "newest");
          }

          @Override
          void storeLetGo() {
            linked.add(Files.exists(data.resolve("store/blobs/.backup").resolve(newest)));
          }
        };

    new Backup(writing, InstantSource.fixed(NOW), "1").take(data, file, told);
    restore(folder.resolve("back"));

    assertThat(linked).containsExactly(false);
    assertThat(folder.resolve("back/store/blobs/cd/" + newest)).hasContent("newest");
  }

  @Test
  void beginsAgainWhenABlobOfTheMomentHasVanishedAndHoldsTheStoreInTheEnd() throws IOException {
    AtomicInteger moments = new AtomicInteger();
    Databases busy =
        new Copied() {
          @Override
          void storeHeld() throws IOException {
            String name = "cd" + "0".repeat(29) + moments.incrementAndGet();
            put("store/blobs/cd/" + name, "short-lived");
          }

          @Override
          void storeLetGo() throws IOException {
            // Writers remove it as soon as they may.
            Moment.remove(data.resolve("store/blobs/cd"));
          }
        };

    new Backup(busy, InstantSource.fixed(NOW), "1").take(data, file, told);
    restore(folder.resolve("back"));

    assertThat(moments).hasValue(4);
    assertThat(folder.resolve("back/store/blobs/ab/" + BLOB)).hasContent("an object");
    assertThat(content(folder.resolve("back/store/blobs/cd")))
        .containsOnly(Map.entry("cd" + "0".repeat(29) + "4", "short-lived"));
  }

  @Test
  void refusesAStoreWhoseNamesNeedAFileThatIsGone() throws IOException {
    String gone = "ef" + "0".repeat(30);
    Databases damaged =
        new Copied() {
          @Override
          List<String> alsoNamed() {
            return List.of(gone);
          }
        };

    assertThatThrownBy(
            () -> new Backup(damaged, InstantSource.fixed(NOW), "1").take(data, file, told))
        .hasMessageContaining("the store is damaged")
        .hasMessageContaining(gone);
    assertThat(file).doesNotExist();
    assertThat(data.resolve(Layout.LINKS)).doesNotExist();
  }

  @Test
  void aLargeFileThatIsReplacedMeanwhileIsKeptAsItWas() throws IOException {
    String large = "first".repeat(1 << 19);
    put("providers.json", large);
    Databases replacing =
        new Copied() {
          @Override
          void copied() throws IOException {
            put("providers.new", "second");
            Files.move(
                data.resolve("providers.new"),
                data.resolve("providers.json"),
                StandardCopyOption.REPLACE_EXISTING);
          }
        };

    new Backup(replacing, InstantSource.fixed(NOW), "1").take(data, file, told);
    restore(folder.resolve("back"));

    assertThat(folder.resolve("back/providers.json")).hasContent(large);
  }

  @Test
  void whatAKilledBackupLeftIsClearedUnlessOneIsBeingTaken() throws IOException {
    assertThat(Backup.left(data)).isFalse();
    put(".backup/journal.db", "half");
    put("store/blobs/.backup/" + BLOB, "linked");
    assertThat(Backup.left(data)).isTrue();
    try (FileChannel channel =
            FileChannel.open(
                data.resolve("backup.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThat(Backup.left(data)).as("it is being taken").isFalse();
      Backup.clear(data);
      assertThat(data.resolve(".backup")).exists();
    }

    Backup.clear(data);

    assertThat(data.resolve(".backup")).doesNotExist();
    assertThat(data.resolve("store/blobs/.backup")).doesNotExist();
    assertThat(data.resolve("store/blobs/ab/" + BLOB)).exists();
  }

  @Test
  void refusesAMountPointBeforeAnythingIsCopied() throws IOException {
    take();
    Path into = Files.createDirectory(folder.resolve("a disk"));
    Path mountinfo =
        Files.writeString(
            folder.resolve("mountinfo"),
            "36 35 98:0 / "
                + into.toRealPath().toString().replace(" ", "\\040")
                + " rw,noatime shared:1 - ext4 /dev/sda1 rw\n");
    long before = told.moved;

    assertThatThrownBy(
            () -> new Restore(at -> Long.MAX_VALUE, new Mounts(mountinfo)).into(file, into, told))
        .hasMessageContaining("is mounted")
        .hasMessageContaining(into.resolve("millrace").toString());
    assertThat(told.moved).isEqualTo(before);
    new Restore(at -> Long.MAX_VALUE, new Mounts(mountinfo))
        .into(file, into.resolve("millrace"), told);
    assertThat(into.resolve("millrace/token")).hasContent("token");
  }

  @Test
  void refusesAFolderThatIsNotEmptyAndLeavesItAsItIs() throws IOException {
    take();
    Path into = Files.createDirectory(folder.resolve("back"));
    Files.writeString(into.resolve("mine"), "mine");

    assertThatThrownBy(() -> restore(into)).hasMessageContaining("is not empty");
    assertThat(content(into)).containsOnly(Map.entry("mine", "mine"));
    assertThatThrownBy(() -> restore(into.resolve("mine"))).hasMessageContaining("is no folder");
    assertThatThrownBy(() -> restore(folder.resolve("a/b"))).hasMessageContaining("is no folder");
  }

  @Test
  void takesAFolderThatIsEmpty() throws IOException {
    take();

    restore(Files.createDirectory(folder.resolve("back")));

    assertThat(folder.resolve("back/token")).hasContent("token");
  }

  /** Each single byte: what is restored in spite of it must be the same. */
  @Test
  void aFlippedByteIsFoundOrChangesNothing() throws IOException {
    fewer();
    take();
    byte[] whole = Files.readAllBytes(file);
    Map<String, String> right = content(restoredInto("right"));
    int refused = 0;
    for (int i = 0; i < whole.length; i += 7) {
      byte[] bytes = whole.clone();
      bytes[i] ^= 0x10;
      Files.write(file, bytes);
      Path into = folder.resolve("back" + i);
      try {
        restore(into);
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
    Moment.remove(data);
    put("journal.db", "jobs");
    put("keys/coordinator.ed25519", "key");
    put("token", "token");
  }

  private Path restoredInto(String name) throws IOException {
    restore(folder.resolve(name));
    return folder.resolve(name);
  }

  @Test
  void aFileThatWasCutShortIsRefusedWhereverItWasCut() throws IOException {
    take();
    byte[] whole = Files.readAllBytes(file);
    Path into = folder.resolve("back");
    for (int length = 0; length < whole.length; length += 41) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> restore(into)).hasMessageContaining("was not restored");
      assertThat(into).doesNotExist();
      assertThat(folder.resolve(".back.restoring")).doesNotExist();
    }
  }

  @Test
  void pathsThatLeadElsewhereAreRefused() throws IOException {
    for (String path :
        List.of("../out", "/etc/out", "a/../../out", "a//b", "./a", "a\\..\\b", "", "a\tb")) {
      archive(1, Map.of(path, "text"));

      assertThatThrownBy(() -> restore(folder.resolve("back")))
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

    assertThatThrownBy(() -> restore(folder.resolve("back")))
        .hasMessageContaining("was not restored");
    assertThat(folder.resolve("back")).doesNotExist();
  }

  @Test
  void anotherVersionIsRefusedAndSaysSo() throws IOException {
    archive(2, Map.of("token", "text"));

    assertThatThrownBy(() -> restore(folder.resolve("back")))
        .hasMessageContaining("millrace-backup 2")
        .hasMessageContaining("restore it with the version");
  }

  @Test
  void anyOtherArchiveIsRefused() throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("token"));
    }

    assertThatThrownBy(() -> restore(folder.resolve("back")))
        .hasMessageContaining("it is no backup of Millrace");
    Files.writeString(file, "no archive at all");
    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("no backup");
    Files.delete(file);
    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("there is no");
  }

  @Test
  void entriesThatNobodyNamedAndEntriesThatAreMissingAreRefused() throws IOException {
    String listed = line("token", "text");
    write(sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed), Map.of());
    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("missing");

    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed),
        Map.of("token", "text", "more", "text"));
    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("more");

    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\n" + listed + listed),
        Map.of("token", "text"));
    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("malformed");
  }

  @Test
  void anEntryThatIsLongerThanItSaysIsRefused() throws IOException {
    String digest = Hex.of(Hex.sha256("text".getBytes(StandardCharsets.UTF_8)));
    write(
        sealed("millrace-backup 1\ntaken " + NOW + "\nby 1\nfile " + digest + " 4 token\n"),
        Map.of("token", "text".repeat(1_000_000)));

    assertThatThrownBy(() -> restore(folder.resolve("back"))).hasMessageContaining("damaged");
  }

  @Test
  void aDiskWithoutRoomIsToldBeforeAnythingIsWritten() throws IOException {
    long bytes = take().bytes();

    assertThatThrownBy(() -> new Restore(at -> bytes - 1).into(file, folder.resolve("back"), told))
        .hasMessageContaining("it needs " + bytes + " bytes");
    assertThat(folder.resolve("back")).doesNotExist();
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
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, String> each : files.entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey()));
        zip.write(each.getValue().getBytes(StandardCharsets.UTF_8));
      }
      zip.putNextEntry(new ZipEntry(Manifest.NAME));
      zip.write(manifest.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Databases that are plain files here. */
  private static class Copied implements Databases {
    /** Something happens while the copies are made. */
    void copied() throws IOException {
      // Nothing does.
    }

    /** The store's writers wait. */
    void storeHeld() throws IOException {
      // Nothing happens then.
    }

    /** The store's writers go on. */
    void storeLetGo() throws IOException {
      // Nothing happens then.
    }

    /** What the store names beside its files. */
    List<String> alsoNamed() {
      return List.of();
    }

    @Override
    public Held hold(Path database) throws IOException {
      boolean store = database.endsWith(Layout.NAMES);
      if (store) {
        storeHeld();
      }
      return new Held() {
        @Override
        public Snapshot snapshot() throws IOException {
          return new Plain(database, blobs(database.resolveSibling("blobs")));
        }

        @Override
        public void close() throws IOException {
          if (store) {
            storeLetGo();
          }
        }
      };
    }

    private static List<String> blobs(Path blobs) throws IOException {
      if (!Files.isDirectory(blobs)) {
        return List.of();
      }
      try (Stream<Path> all = Files.walk(blobs)) {
        return all.filter(Files::isRegularFile)
            .filter(each -> !each.toString().contains(".backup"))
            .map(each -> String.valueOf(each.getFileName()))
            .toList();
      }
    }

    private final class Plain implements Snapshot {
      private final Path database;
      private final List<String> named;

      Plain(Path database, List<String> named) {
        this.database = database;
        this.named = named;
      }

      @Override
      public List<String> texts(String query) {
        return Stream.concat(named.stream(), alsoNamed().stream()).toList();
      }

      @Override
      public void copyTo(Path target) throws IOException {
        copied();
        Files.copy(database, target);
      }

      @Override
      public void close() {
        // Nothing is open.
      }
    }
  }

  private static final class Told implements Watcher {
    private long moved;

    @Override
    public void begins(String what, long bytes) {
      // The bytes are counted as they come.
    }

    @Override
    public void moved(long bytes) {
      moved += bytes;
    }
  }
}
