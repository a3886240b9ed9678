package dev.millrace.triggers.embedded.blob;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * A folder of immutable files. A file is whole and on disk, and so is its directory entry, before
 * {@link BlobWriter#keep()} returns its id; a file that nothing names is waste and no more than
 * that, so nothing is ever renamed. For any number of threads.
 */
public final class BlobFolder {
  private static final int SHARDS = 256;

  private final Path root;
  private final Supplier<BlobId> ids;
  private final FreeSpace space;
  private final int memoryMaxBytes;

  private BlobFolder(Path root, Supplier<BlobId> ids, FreeSpace space, int memoryMaxBytes) {
    this.root = root;
    this.ids = ids;
    this.space = space;
    this.memoryMaxBytes = memoryMaxBytes;
  }

  /**
   * Opens the folder, and makes it with its 256 shards where it is not there yet.
   *
   * @param minFreeBytes what blobs leave free of the disk
   * @param memoryMaxBytes bodies up to that are no files: they are given back in memory, to become
   *     durable with their names
   */
  public static BlobFolder open(
      Path root, Supplier<BlobId> ids, long minFreeBytes, int memoryMaxBytes) throws IOException {
    Files.createDirectories(root);
    for (int shard = 0; shard < SHARDS; shard++) {
      Files.createDirectories(root.resolve(HexFormat.of().toHexDigits((byte) shard)));
    }
    syncDirectory(root);
    return new BlobFolder(root, ids, FreeSpace.on(root, minFreeBytes), memoryMaxBytes);
  }

  /** The room that blobs have. */
  public FreeSpace space() {
    return space;
  }

  /**
   * Starts a new blob under a fresh id.
   *
   * @throws DiskFull when there is no room for blobs
   */
  public BlobWriter create() throws IOException {
    space.require(0);
    return BlobWriter.create(this, ids.get());
  }

  /** Up to which size bodies stay in memory. */
  public int memoryMaxBytes() {
    return memoryMaxBytes;
  }

  /** Takes a body of so many bytes. */
  public BlobReceiver receive(long bytes) throws IOException {
    return BlobReceiver.ofLength(this, memoryMaxBytes, bytes);
  }

  /** Takes a body whose length nobody has announced. */
  public BlobReceiver receive() throws IOException {
    return BlobReceiver.ofAnyLength(this, memoryMaxBytes);
  }

  /**
   * Opens a blob for reading. The bytes stay readable through the channel when the blob is removed
   * meanwhile.
   *
   * @throws java.nio.file.NoSuchFileException when it was removed
   */
  public FileChannel read(BlobId id) throws IOException {
    return FileChannel.open(path(id), StandardOpenOption.READ);
  }

  /** The same of a place that is a file. */
  public FileChannel read(BlobPlace place) throws IOException {
    return switch (place) {
      case BlobPlace.InFile(var id) -> read(id);
      case BlobPlace.InRow row ->
          throw new IOException("Bytes in a row of the database are no file: " + row.text());
    };
  }

  /** Removes a blob that nothing names any more; one that is gone already is no error. */
  public void remove(BlobId id) throws IOException {
    Files.deleteIfExists(path(id));
  }

  /** Asks whether a blob is named by anything. */
  @FunctionalInterface
  public interface Liveness {
    /** Whether the blob must stay. */
    boolean isLive(BlobId id) throws IOException;
  }

  /**
   * Removes every file that nothing names: what a crash left between the blob and the commit, or
   * between a commit and the removal. Only right while nobody writes.
   *
   * @return how many were removed
   */
  public int sweep(Liveness liveness) throws IOException {
    int removed = 0;
    for (int shard = 0; shard < SHARDS; shard++) {
      Path folder = root.resolve(HexFormat.of().toHexDigits((byte) shard));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          String name = String.valueOf(file.getFileName());
          if (BlobId.isId(name) && !liveness.isLive(new BlobId(name))) {
            Files.deleteIfExists(file);
            removed++;
          }
        }
      }
    }
    return removed;
  }

  Path path(BlobId id) {
    return root.resolve(id.shard()).resolve(id.value());
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
