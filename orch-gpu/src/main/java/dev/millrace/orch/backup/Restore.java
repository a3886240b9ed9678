package dev.millrace.orch.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Makes a data folder of a backup: beside its place first, every digest compared, then in place by
 * one rename. Nothing of a backup that is not whole is put in place.
 */
public final class Restore {
  /** The file that tells the first start, of a coordinator or of a store, that it is one. */
  public static final String MARK = "restored";

  private static final String UNFINISHED =
      "one that was stopped before it was whole: take it again with 'millrace backup', or name an"
          + " earlier one";

  private static final long MANIFEST_MAX = 1L << 30;
  private static final int BUFFER = 1 << 18;
  private static final FileAttribute<?> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Room room;
  private final Mounts mounts;

  /** Asks how much a disk can still take. */
  @FunctionalInterface
  public interface Room {
    /** Bytes that can still be written where this folder is. */
    long usable(Path folder) throws IOException;
  }

  /** Restores where the disk has room. */
  public Restore(Room room) {
    this(room, Mounts.own());
  }

  Restore(Room room, Mounts mounts) {
    this.room = room;
    this.mounts = mounts;
  }

  /**
   * Restores.
   *
   * @param data is not there yet, or empty
   * @return what was in the backup
   * @throws IOException when it could not be done as a whole: nothing is left of it then
   */
  public Manifest into(Path file, Path data, Watcher watcher) throws IOException {
    Path target = data.toAbsolutePath().normalize();
    Path parent = target.getParent();
    vacant(target);
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("there is no folder " + parent + ": make it, or name another --data");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no backup " + file + instead(file));
    }
    if (Files.exists(target) && mounts.at(target)) {
      throw new IOException(
          target
              + " is where a file system is mounted, and cannot be replaced as a whole: name a new"
              + " folder in it with --data, for instance "
              + target.resolve("millrace"));
    }
    Path made = parent.resolve("." + target.getFileName() + ".restoring");
    Moment.remove(made);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Manifest manifest = manifest(zip);
      complete(zip, manifest);
      enough(manifest, parent);
      Files.createDirectory(made, FOLDER);
      watcher.begins("restoring", manifest.bytes());
      for (Manifest.Item item : manifest.items()) {
        extract(zip, item, made, watcher);
      }
      mark(made);
      syncAll(made);
      vacant(target);
      Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
      sync(parent);
      return manifest;
    } catch (ZipException e) {
      throw refused(
          file,
          "it is cut short, or no backup ("
              + e.getMessage()
              + "): "
              + (isUnfinished(file) ? UNFINISHED : "name another one"),
          e);
    } catch (IOException e) {
      throw refused(file, String.valueOf(e.getMessage()), e);
    } finally {
      Moment.remove(made);
    }
  }

  private static void mark(Path made) throws IOException {
    for (String database : List.of(Layout.JOURNAL, Layout.NAMES)) {
      Path file = made.resolve(database);
      if (Files.exists(file)) {
        Files.createFile(file.resolveSibling(MARK), FILE);
      }
    }
  }

  private static boolean isUnfinished(Path file) {
    return file.toString().endsWith(Backup.UNFINISHED);
  }

  private static String instead(Path file) {
    Path unfinished = file.resolveSibling(file.getFileName() + Backup.UNFINISHED);
    return Files.exists(unfinished)
        ? "; " + unfinished + " is " + UNFINISHED
        : ": name a file that 'millrace backup' has written";
  }

  private static IOException refused(Path file, String reason, IOException cause) {
    return new IOException(file + " was not restored, nothing was left: " + reason, cause);
  }

  private static void vacant(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(target + " is no folder: name a new one with --data");
    }
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(target)) {
      if (inside.iterator().hasNext()) {
        throw new IOException(
            target + " is not empty, and is not overwritten: name a new folder with --data");
      }
    }
  }

  private static Manifest manifest(ZipFile zip) throws IOException {
    ZipEntry entry = zip.getEntry(Manifest.NAME);
    if (entry == null) {
      throw new IOException("it is no backup of Millrace");
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) Math.min(entry.getSize() + 1, MANIFEST_MAX));
      return Manifest.read(bytes);
    }
  }

  /** Nothing that the manifest does not name, and nothing less. */
  private static void complete(ZipFile zip, Manifest manifest) throws IOException {
    Set<String> named = new HashSet<>();
    manifest.items().forEach(item -> named.add(item.path()));
    named.add(Manifest.NAME);
    for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
      if (!named.remove(entry.getName())) {
        throw new IOException("its list of files does not name " + entry.getName());
      }
    }
    if (!named.isEmpty()) {
      throw new IOException(named.iterator().next() + " is missing in it");
    }
  }

  private void enough(Manifest manifest, Path parent) throws IOException {
    long usable = room.usable(parent);
    if (usable < manifest.bytes()) {
      throw new IOException(
          "it needs " + manifest.bytes() + " bytes, the disk of " + parent + " has " + usable);
    }
  }

  private static void extract(ZipFile zip, Manifest.Item item, Path root, Watcher watcher)
      throws IOException {
    Path file = root.resolve(item.path()).normalize();
    Path parent = file.getParent();
    ZipEntry entry = zip.getEntry(item.path());
    if (!file.startsWith(root) || parent == null || entry == null) {
      throw new IOException("'" + item.path() + "' is no path inside of a data folder");
    }
    Files.createDirectories(parent, FOLDER);
    MessageDigest digest = Backup.sha256();
    long left = item.bytes();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = zip.getInputStream(entry);
        FileChannel out =
            FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
      for (int read = in.read(buffer); read >= 0 && left >= 0; read = in.read(buffer)) {
        left -= read;
        digest.update(buffer, 0, read);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        watcher.moved(read);
      }
    }
    if (left != 0 || !HexFormat.of().formatHex(digest.digest()).equals(item.sha256())) {
      throw new IOException(item.path() + " is not what was backed up: the file was damaged");
    }
  }

  /** Every file, then every folder; the second look finds most of them written already. */
  private static void syncAll(Path root) throws IOException {
    try (java.util.stream.Stream<Path> all = Files.walk(root)) {
      for (Path each : all.toList()) {
        sync(each);
      }
    }
  }

  /** Makes a file or a folder durable. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
