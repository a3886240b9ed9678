package dev.millrace.ledger.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The ledger's folder: opened by one process at a time, durable down to its directory. */
final class LogFiles implements AutoCloseable {
  static final String ENTRIES = "entries";
  static final String INDEX = "index";
  static final String CHECKPOINT = "checkpoint";
  private static final String LOCK = "lock";

  private final Path folder;
  private final FileChannel lock;
  private final FileChannel entries;
  private final FileChannel index;

  private LogFiles(Path folder, FileChannel lock, FileChannel entries, FileChannel index) {
    this.folder = folder;
    this.lock = lock;
    this.entries = entries;
    this.index = index;
  }

  /**
   * Opens the folder, and makes it when it is new.
   *
   * @throws IOException when another process has it, or when the entries are gone
   */
  static LogFiles open(Path folder) throws IOException {
    boolean fresh = !Files.exists(folder);
    Files.createDirectories(folder);
    Path parent = folder.toAbsolutePath().getParent();
    if (fresh && parent != null) {
      sync(parent);
    }
    FileChannel lock = locked(folder);
    boolean opened = false;
    try {
      boolean begun = Files.exists(folder.resolve(CHECKPOINT));
      if (begun && !Files.exists(folder.resolve(ENTRIES))) {
        throw new IOException(
            "the ledger's file " + folder.resolve(ENTRIES) + " is gone; restore it from a copy");
      }
      FileChannel entries = begin(folder.resolve(ENTRIES), Frames.FIRST_LINE, !begun);
      FileChannel index =
          begin(
              folder.resolve(INDEX),
              IndexRecords.FIRST_LINE,
              !begun || !Files.exists(folder.resolve(INDEX)));
      if (!begun) {
        sync(folder);
      }
      opened = true;
      return new LogFiles(folder, lock, entries, index);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private static FileChannel locked(Path folder) throws IOException {
    FileChannel file =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return file;
      }
    } catch (OverlappingFileLockException e) {
      // This process has it: the same answer as for another one.
    }
    file.close();
    throw new IOException("the ledger in " + folder + " is open already, here or elsewhere");
  }

  private static FileChannel begin(Path path, byte[] firstLine, boolean fresh) throws IOException {
    FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (fresh && file.size() < firstLine.length) {
      write(file, ByteBuffer.wrap(firstLine), 0);
      file.force(true);
    }
    return file;
  }

  /**
   * Channels of one reader's own: an interrupt of its thread closes them, and must not close the
   * writer's.
   */
  record Reading(FileChannel entries, FileChannel index) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      try (entries;
          index) {
        // Closing is all.
      }
    }
  }

  Reading reading() throws IOException {
    FileChannel entriesToRead = FileChannel.open(folder.resolve(ENTRIES), StandardOpenOption.READ);
    try {
      return new Reading(
          entriesToRead, FileChannel.open(folder.resolve(INDEX), StandardOpenOption.READ));
    } catch (IOException e) {
      entriesToRead.close();
      throw e;
    }
  }

  FileChannel entries() {
    return entries;
  }

  FileChannel index() {
    return index;
  }

  Path folder() {
    return folder;
  }

  /** The own checkpoint's bytes; empty when there is none. */
  byte[] checkpoint() throws IOException {
    Path path = folder.resolve(CHECKPOINT);
    return Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
  }

  /** Replaces the own checkpoint: whole, or not at all. */
  void checkpoint(byte[] note) throws IOException {
    Path next = folder.resolve(CHECKPOINT + ".next");
    try (FileChannel file =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      write(file, ByteBuffer.wrap(note), 0);
      file.force(true);
    }
    Files.move(
        next,
        folder.resolve(CHECKPOINT),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    sync(folder);
  }

  static void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
    long start = position - bytes.position();
    while (bytes.hasRemaining()) {
      file.write(bytes, start + bytes.position());
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel file = FileChannel.open(directory, StandardOpenOption.READ)) {
      file.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    try (lock;
        entries;
        index) {
      // Closing is all.
    }
  }
}
