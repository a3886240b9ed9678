package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All parts of a data folder at one moment: what a machine whose power failed just then would have
 * left. The writers of the store and then of the journal are kept waiting for that moment, so that
 * nothing is committed in one of them and not seen in the other, and nothing that follows a commit
 * (a blob removed, an entry appended, a receipt given out) has happened without it.
 */
final class Moment implements AutoCloseable {
  private static final int HELD_MAX = 1 << 20;
  private static final int TRIES_MAX = 4;
  private static final Pattern BLOB = Pattern.compile("[0-9a-f]{3,64}");

  /** Small objects' bytes lie in a row beside their names, which is copied with them. */
  private static final String NAMED =
      "SELECT blob FROM content_parts WHERE blob NOT GLOB 'row:*'"
          + " UNION SELECT blob FROM upload_parts WHERE blob NOT GLOB 'row:*'";

  private static final String ANY_ROW =
      "SELECT 'some' WHERE EXISTS (SELECT 1 FROM content_parts WHERE blob GLOB 'row:*')";

  private static final String LOST_ROWS =
      """
      SELECT DISTINCT 's3://' || objects.bucket || '/' || CAST(objects.key AS TEXT)
      FROM content_parts JOIN objects ON objects.content = content_parts.content
      WHERE content_parts.blob GLOB 'row:*' AND NOT EXISTS (
        SELECT 1 FROM small_bytes
        WHERE number = CAST(substr(content_parts.blob, 5) AS INTEGER))
      """;

  private final Path data;
  private final Databases databases;
  private final Deque<Databases.Held> held = new ArrayDeque<>();
  private final Deque<FileChannel> opened = new ArrayDeque<>();
  private final List<Part> parts = new ArrayList<>();

  private Moment(Path data, Databases databases) {
    this.data = data;
    this.databases = databases;
  }

  /** Takes it; the caller closes it when the parts are copied. */
  static Moment of(Path data, Databases databases) throws IOException {
    Moment moment = new Moment(data, databases);
    try {
      moment.take();
      return moment;
    } catch (IOException | RuntimeException e) {
      moment.close();
      throw e;
    }
  }

  /** What there was, and does not change any more. */
  List<Part> parts() {
    return List.copyOf(parts);
  }

  private void take() throws IOException {
    clear();
    folder(data.resolve(Layout.WORK));
    // Most blobs before there is a moment; the few that came until then follow after it.
    Set<String> linked = links();
    boolean taken = false;
    for (int tries = 1; !taken; tries++) {
      taken = once(linked, tries == TRIES_MAX);
    }
  }

  /**
   * Tries it.
   *
   * @param waiting whether the store's writers wait until all blobs of the moment have their second
   *     name; else it fails when one has vanished before that
   */
  private boolean once(Set<String> linked, boolean waiting) throws IOException {
    forget();
    Optional<Databases.Snapshot> names = Optional.empty();
    Optional<Databases.Snapshot> journal = Optional.empty();
    try {
      Optional<Set<String>> named = Optional.empty();
      try {
        names = snapshot(Layout.NAMES);
        journal = snapshot(Layout.JOURNAL);
        // The ledger goes on writing: its checkpoint first, so that it knows no more than the rest.
        small();
        lengths();
        if (waiting) {
          if (journal.isPresent()) {
            held.pop().close();
          }
          named = Optional.of(whole(named(names, linked)));
        }
      } finally {
        letGo();
      }
      if (named.isEmpty()) {
        Named found = named(names, linked);
        if (!found.missing().isEmpty()) {
          return false;
        }
        named = Optional.of(found.there());
      }
      copy(names, Layout.NAMES);
      copy(journal, Layout.JOURNAL);
      blobs(named.get());
      return true;
    } finally {
      for (Databases.Snapshot each : Stream.concat(names.stream(), journal.stream()).toList()) {
        each.close();
      }
    }
  }

  private void forget() throws IOException {
    parts.clear();
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  private Optional<Databases.Snapshot> snapshot(String name) throws IOException {
    Path file = data.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Databases.Held database = databases.hold(file);
    held.push(database);
    return Optional.of(database.snapshot());
  }

  private void letGo() throws IOException {
    while (!held.isEmpty()) {
      held.pop().close();
    }
  }

  private void lengths() throws IOException {
    for (String name : Layout.GROWING) {
      Path file = data.resolve(name);
      if (Files.exists(file)) {
        parts.add(new Part(name, new Part.Beginning(file, Files.size(file))));
      }
    }
  }

  private void small() throws IOException {
    for (Path file : Layout.others(data)) {
      String name = Layout.name(data, file);
      try {
        long bytes = Files.size(file);
        parts.add(
            new Part(
                name, bytes <= HELD_MAX ? new Part.Held(Files.readAllBytes(file)) : opened(file)));
      } catch (NoSuchFileException e) {
        // One that came and went: nothing rests on it.
      }
    }
  }

  /** What is replaced by a rename goes on to be what it was for who has it open. */
  private Part.Content opened(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    opened.push(channel);
    return new Part.Opened(channel, channel.size(), file);
  }

  private void copy(Optional<Databases.Snapshot> snapshot, String name) throws IOException {
    if (snapshot.isPresent()) {
      Path copy = data.resolve(Layout.WORK).resolve(name.replace('/', '-'));
      snapshot.get().copyTo(copy);
      parts.add(new Part(name, new Part.Whole(copy)));
    }
  }

  /** A second name for each blob that is there: it stays when the store removes the first. */
  private Set<String> links() throws IOException {
    Path blobs = data.resolve(Layout.BLOBS);
    Set<String> linked = new HashSet<>();
    if (!Files.isDirectory(blobs)) {
      return linked;
    }
    Path links = folder(data.resolve(Layout.LINKS));
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(blobs, "[0-9a-f][0-9a-f]")) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (link(links.resolve(name), file)) {
              linked.add(name);
            }
          }
        }
      }
    }
    return linked;
  }

  /** Blobs that have a second name, and those that were not there any more to get one. */
  private record Named(Set<String> there, Set<String> missing) {}

  /** With the writers waiting nothing vanishes: what is not there now is damage, and is told. */
  private static Set<String> whole(Named named) throws IOException {
    if (!named.missing().isEmpty()) {
      throw new IOException(
          "the store is damaged: its names need files that are not in "
              + Layout.BLOBS
              + " ("
              + named.missing().size()
              + "), for instance "
              + named.missing().iterator().next()
              + "; put them back from an older backup, or delete the objects that cannot be read,"
              + " and take the backup again");
    }
    return named.there();
  }

  /** What the store's names name, each with its second name. */
  private Named named(Optional<Databases.Snapshot> names, Set<String> linked) throws IOException {
    Set<String> there = new HashSet<>();
    Set<String> missing = new HashSet<>();
    List<String> all = names.isPresent() ? names.get().texts(NAMED) : List.of();
    if (names.isPresent()) {
      rows(names.get());
    }
    for (String name : all) {
      if (!BLOB.matcher(name).matches()) {
        throw new IOException(Layout.NAMES + " names a blob '" + name + "', which is none");
      }
      Path file = data.resolve(Layout.BLOBS).resolve(name.substring(0, 2)).resolve(name);
      if (linked.contains(name) || link(data.resolve(Layout.LINKS).resolve(name), file)) {
        linked.add(name);
        there.add(name);
      } else {
        missing.add(name);
      }
    }
    return new Named(there, missing);
  }

  /** Within one database nothing vanishes: what is not there is damage, and is told. */
  private static void rows(Databases.Snapshot names) throws IOException {
    List<String> lost = names.texts(ANY_ROW).isEmpty() ? List.of() : names.texts(LOST_ROWS);
    if (!lost.isEmpty()) {
      throw new IOException(
          "the store is damaged: "
              + Layout.NAMES
              + " has no bytes for "
              + lost.size()
              + " of its objects, for instance "
              + lost.getFirst()
              + "; put them again or delete them, and take the backup again");
    }
  }

  private static boolean link(Path link, Path file) throws IOException {
    try {
      Files.createLink(link, file);
      return true;
    } catch (NoSuchFileException e) {
      // Removed since the folder or the names were read, and named by nothing any more.
      return false;
    } catch (UnsupportedOperationException e) {
      throw new IOException(
          "the file system of " + file + " has no hard links, which a backup needs", e);
    }
  }

  private void blobs(Set<String> there) throws IOException {
    Path links = data.resolve(Layout.LINKS);
    for (String name : there) {
      Path file = links.resolve(name);
      parts.add(
          new Part(
              Layout.BLOBS + "/" + name.substring(0, 2) + "/" + name,
              new Part.Beginning(file, Files.size(file))));
    }
  }

  private static Path folder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return folder;
  }

  private void clear() throws IOException {
    clear(data);
  }

  /** Takes away what a backup works with. */
  static void clear(Path data) throws IOException {
    remove(data.resolve(Layout.WORK));
    remove(data.resolve(Layout.LINKS));
  }

  /** Takes a folder away with all that is in it. */
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      letGo();
      forget();
    } finally {
      clear();
    }
  }
}
