package dev.millrace.orch.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Takes backups: one archive, for its owner alone, there as a whole or not at all. */
public final class Backup {
  /** How the name of a backup ends that is being written, or whose writer was killed. */
  static final String UNFINISHED = ".part";

  private static final String LOCK = "backup.lock";
  private static final int BUFFER = 1 << 18;

  private final Databases databases;
  private final InstantSource clock;
  private final String version;

  /**
   * Takes backups of data folders with these databases.
   *
   * @param version of this program, for the manifest
   */
  public Backup(Databases databases, InstantSource clock, String version) {
    this.databases = databases;
    this.clock = clock;
    this.version = version;
  }

  /**
   * Takes one. Whoever uses the folder goes on doing so, but for a moment in which writers wait.
   *
   * @param file is not there yet, and not inside of the data folder
   * @return what is in it
   */
  public Manifest take(Path data, Path file, Watcher watcher) throws IOException {
    Path folder = real(data);
    Path target = file.toAbsolutePath().normalize();
    check(folder, target);
    try (FileChannel lock = lock(folder)) {
      locked(lock, folder);
      watcher.begins("taking the moment", 0);
      try (Moment moment = Moment.of(folder, databases)) {
        return write(moment.parts(), target, clock.instant(), watcher);
      }
    }
  }

  /** Where the folder itself is, when a link to it was named. */
  private static Path real(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      throw new IOException(
          "there is no data folder " + data.toAbsolutePath().normalize() + ": name it with --data");
    }
    return data.toRealPath();
  }

  private static void check(Path data, Path file) throws IOException {
    belongsTogether(data);
    if (Files.exists(file)) {
      throw new IOException(file + " is there already, and is not overwritten: name another file");
    }
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("there is no folder " + parent + ": make it, or name another file");
    }
    if (parent.toRealPath().startsWith(data)) {
      throw new IOException(
          file + " lies in the data folder, which is what is backed up: name a file elsewhere");
    }
  }

  /** A backup without a journal, or without the keys to it, is of no use, and is not taken. */
  private static void belongsTogether(Path data) throws IOException {
    boolean journal = Files.exists(data.resolve(Layout.JOURNAL));
    boolean key = Files.exists(data.resolve(Layout.KEY));
    if (journal && !key) {
      throw new IOException(
          data
              + " holds a journal and no "
              + Layout.KEY
              + ": who restored that could not use it; put the key back, or name the right folder"
              + " with --data");
    }
    if (!journal && (key || Files.exists(data.resolve(Layout.LEDGER)))) {
      throw new IOException(
          "a coordinator ran on "
              + data
              + ", and its journal is not there: where it is in PostgreSQL, stop the coordinator,"
              + " take pg_dump and a copy of the folder; --config FILE names the configuration"
              + " that it was started with");
    }
    if (!journal && !Files.exists(data.resolve(Layout.NAMES))) {
      throw new IOException(
          data
              + " holds neither a journal nor a store: nothing of Millrace's has run there;"
              + " name the right folder with --data");
    }
  }

  /** Whether a backup that was killed has left its copies, and none is being taken. */
  public static boolean left(Path data) throws IOException {
    if (!leftovers(data)) {
      return false;
    }
    try (FileChannel lock = lock(data)) {
      return taken(lock);
    }
  }

  /** Takes away what a backup that was killed has left, unless one is being taken. */
  public static void clear(Path data) throws IOException {
    if (!leftovers(data)) {
      return;
    }
    try (FileChannel lock = lock(data)) {
      if (taken(lock)) {
        Moment.clear(data);
      }
    }
  }

  private static boolean leftovers(Path data) {
    return Files.exists(data.resolve(Layout.WORK)) || Files.exists(data.resolve(Layout.LINKS));
  }

  private static FileChannel lock(Path data) throws IOException {
    return FileChannel.open(
        data.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Whether it is ours now, until the channel is closed. */
  private static boolean taken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // This very process takes one: the same answer.
      return false;
    }
  }

  private static void locked(FileChannel channel, Path data) throws IOException {
    if (!taken(channel)) {
      throw new IOException("another backup of " + data + " is being taken: wait for it");
    }
  }

  private Manifest write(List<Part> parts, Path target, Instant taken, Watcher watcher)
      throws IOException {
    Path begun = target.resolveSibling(target.getFileName() + UNFINISHED);
    Files.deleteIfExists(begun);
    try (FileChannel channel =
        FileChannel.open(
            begun,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      Manifest manifest = archive(parts, channel, taken, watcher);
      channel.force(true);
      Files.move(begun, target, StandardCopyOption.ATOMIC_MOVE);
      Path parent = target.getParent();
      if (parent != null) {
        Restore.sync(parent);
      }
      return manifest;
    } catch (IOException e) {
      throw new IOException(
          "the backup was not written, and nothing is left of it: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(begun);
    }
  }

  private Manifest archive(List<Part> parts, FileChannel channel, Instant taken, Watcher watcher)
      throws IOException {
    long bytes = 0;
    for (Part part : parts) {
      bytes += part.content().bytes();
    }
    watcher.begins("backing up", bytes);
    List<Manifest.Item> items = new ArrayList<>();
    OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel), BUFFER);
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(Deflater.BEST_SPEED);
    for (Part part : parts) {
      zip.putNextEntry(entry(part.path(), taken));
      items.add(copied(part, zip, watcher));
      zip.closeEntry();
    }
    Manifest manifest = new Manifest(taken, version, items);
    zip.putNextEntry(entry(Manifest.NAME, taken));
    zip.write(manifest.encoded());
    zip.closeEntry();
    zip.finish();
    zip.flush();
    return manifest;
  }

  private static ZipEntry entry(String name, Instant taken) {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(FileTime.from(taken));
    return entry;
  }

  private static Manifest.Item copied(Part part, OutputStream target, Watcher watcher)
      throws IOException {
    MessageDigest digest = sha256();
    DigestOutputStream out = new DigestOutputStream(target, digest);
    long bytes = 0;
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = part.content().open()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        bytes += read;
        watcher.moved(read);
      }
    }
    return new Manifest.Item(part.path(), bytes, HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
