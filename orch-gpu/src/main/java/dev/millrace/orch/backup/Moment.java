package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All parts of a data folder at one moment: what a machine whose power failed just then would have
 * left. The writers of the store and then of the journal are kept waiting for that moment, so that
 * nothing is committed in one of them and not seen in the other, and nothing that follows a commit
 * (a blob removed, an entry appended, a receipt given out) has happened without it.
 */
final class Moment implements AutoCloseable {
  private static final int HELD_MAX = 1 << 20;

  private final Path data;
  private final Databases databases;
  private final Deque<Databases.Held> held = new ArrayDeque<>();
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
    // Most blobs before anybody has to wait; those of the last moment follow.
    Set<String> linked = links(Set.of());
    Set<String> there;
    Optional<Databases.Snapshot> names = Optional.empty();
    Optional<Databases.Snapshot> journal = Optional.empty();
    try {
      try {
        names = snapshot(Layout.NAMES);
        journal = snapshot(Layout.JOURNAL);
        // The ledger goes on writing: its checkpoint first, so that it knows no more than the rest.
        small();
        lengths();
        // The journal's writers go on; the store's wait until its blobs cannot vanish any more.
        if (journal.isPresent()) {
          held.pop().close();
        }
        there = links(linked);
      } finally {
        letGo();
      }
      copy(names, Layout.NAMES);
      copy(journal, Layout.JOURNAL);
    } finally {
      for (Databases.Snapshot each : Stream.concat(names.stream(), journal.stream()).toList()) {
        each.close();
      }
    }
    blobs(there);
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
                name,
                bytes <= HELD_MAX
                    ? new Part.Held(Files.readAllBytes(file))
                    : new Part.Beginning(file, bytes)));
      } catch (NoSuchFileException e) {
        // One that came and went: nothing rests on it.
      }
    }
  }

  private void copy(Optional<Databases.Snapshot> snapshot, String name) throws IOException {
    if (snapshot.isPresent()) {
      Path copy = data.resolve(Layout.WORK).resolve(name.replace('/', '-'));
      snapshot.get().copyTo(copy);
      parts.add(new Part(name, new Part.Whole(copy)));
    }
  }

  /**
   * A second name for each blob that has none: it stays when the store removes the first.
   *
   * @return all that are there
   */
  private Set<String> links(Set<String> linked) throws IOException {
    Path blobs = data.resolve(Layout.BLOBS);
    Set<String> there = new HashSet<>();
    if (!Files.isDirectory(blobs)) {
      return there;
    }
    Path links = folder(data.resolve(Layout.LINKS));
    try (DirectoryStream<Path> shards = Files.newDirectoryStream(blobs, "[0-9a-f][0-9a-f]")) {
      for (Path shard : shards) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(shard)) {
          for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (linked.contains(name) || link(links.resolve(name), file)) {
              there.add(name);
            }
          }
        }
      }
    }
    return there;
  }

  private static boolean link(Path link, Path file) throws IOException {
    try {
      Files.createLink(link, file);
      return true;
    } catch (NoSuchFileException e) {
      // Removed since the folder was read, and named by nothing any more.
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
      // One that is still being written is named by nothing yet, and may be cut anywhere.
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
    } finally {
      clear();
    }
  }
}
