package dev.millrace.orch.doctor;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A data folder and its disk.
 *
 * @param data need not be there yet
 * @param wantedBytes free on its disk
 */
public record Folder(Path data, long wantedBytes, Ticker ticker, Path proc) {
  private static final Set<String> ELSEWHERE =
      Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "vboxsf");
  private static final Set<String> PASSING = Set.of("tmpfs", "ramfs");
  private static final int SYNCS = 5;
  private static final long SLOW_NANOS = 50_000_000;

  /** What it looks at. */
  public List<Check> checks() {
    return List.of(new Check("data", this::rights), new Check("disk", this::disk));
  }

  /** Who may read it, and who uses it. */
  List<Finding> rights() throws IOException {
    List<Finding> found = new ArrayList<>();
    if (!Files.exists(data)) {
      Path above = existing();
      return List.of(
          Files.isWritable(above)
              ? Finding.ok("data", data + " is not there yet, and can be made")
              : Finding.bad(
                  "data",
                  data + " cannot be made: " + above + " is not yours to write",
                  "name another folder with --data, or change its owner"));
    }
    if (!Files.isDirectory(data) || !Files.isWritable(data) || !Files.isReadable(data)) {
      return List.of(
          Finding.bad(
              "data",
              data + " cannot be read and written by this user",
              "run as its owner, or name another folder with --data"));
    }
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(data);
    boolean open =
        rights.size() > 3 || !PosixFilePermissions.fromString("rwx------").equals(rights);
    found.add(
        open
            ? Finding.warn(
                "data",
                data + " is open to others (" + PosixFilePermissions.toString(rights) + ")",
                "chmod 700 " + data)
            : Finding.ok("data", data + " is yours alone"));
    holder().ifPresent(pid -> found.add(Finding.ok("data", "used by process " + pid + named(pid))));
    return found;
  }

  private Path existing() {
    Path at = data.toAbsolutePath().normalize();
    while (at != null && !Files.exists(at)) {
      at = at.getParent();
    }
    return at == null ? Path.of("/") : at;
  }

  /** Who has the lock, as the kernel says: {@code 1: POSIX ADVISORY WRITE 123 fe:00:4711 0 EOF}. */
  private Optional<Long> holder() throws IOException {
    Path lock = data.resolve("lock");
    Path locks = proc.resolve("locks");
    if (!Files.exists(lock) || !Files.isReadable(locks)) {
      return Optional.empty();
    }
    String inode = ":" + Files.getAttribute(lock, "unix:ino");
    return Files.readAllLines(locks).stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length > 5 && words[5].endsWith(inode) && words[4].matches("[0-9]+"))
        .map(words -> Long.parseLong(words[4]))
        .findFirst();
  }

  private static String named(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .map(command -> " (" + Path.of(command).getFileName() + ")")
        .orElse("");
  }

  /** Room, kind of file system, and what a sync costs. */
  List<Finding> disk() throws IOException {
    Path at = existing();
    FileStore disk = Files.getFileStore(at);
    List<Finding> found = new ArrayList<>();
    found.add(room(disk));
    found.add(kind(disk.type()));
    if (Files.isWritable(at)) {
      found.add(synced(at));
    }
    return found;
  }

  private Finding room(FileStore disk) throws IOException {
    long free = disk.getUsableSpace();
    String said = (free >> 20) + " MiB of " + (disk.getTotalSpace() >> 20) + " MiB free";
    if (free < wantedBytes) {
      return Finding.bad("disk", said, "make room: the store takes nothing in like this");
    }
    return free < 1L << 30
        ? Finding.warn(
            "disk", said, "make room before it is full: docs/operations.md says what grows")
        : Finding.ok("disk", said);
  }

  /** What SQLite and locks can rely on. */
  static Finding kind(String type) {
    if (ELSEWHERE.contains(type)) {
      return Finding.bad(
          "disk",
          "the file system is "
              + type
              + ", on another machine: locks and syncs cannot be relied on",
          "use a disk of this machine for --data");
    }
    return PASSING.contains(type)
        ? Finding.warn(
            "disk",
            "the file system is " + type + ": all is gone after a restart of the machine",
            "use a disk for --data")
        : Finding.ok("disk", "the file system is " + type);
  }

  /** The middle one of a few. */
  private Finding synced(Path at) throws IOException {
    Path file = Files.createTempFile(at, ".doctor", ".tmp");
    List<Long> nanos = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCS; i++) {
        long began = ticker.nanos();
        channel.write(ByteBuffer.allocate(4096));
        channel.force(true);
        nanos.add(ticker.nanos() - began);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    nanos.sort(null);
    long middle = nanos.get(SYNCS / 2);
    String said = "a write and its sync take " + middle / 1000 + " us";
    return middle > SLOW_NANOS
        ? Finding.warn("disk", said, "a job makes about ten: use a faster disk for --data")
        : Finding.ok("disk", said);
  }
}
