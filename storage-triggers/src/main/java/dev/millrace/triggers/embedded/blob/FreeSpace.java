package dev.millrace.triggers.embedded.blob;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room that blobs leave on the disk, so that names, which share it, can still be written: a store
 * whose disk is full of bytes can list, read and, what matters then, delete.
 *
 * @param minFreeBytes what blobs leave free
 */
public record FreeSpace(UsableBytes usable, long minFreeBytes) {

  /** Asks the disk. */
  @FunctionalInterface
  public interface UsableBytes {
    /** How many bytes can still be written. */
    long get() throws IOException;
  }

  /** The disk of that folder, which exists. */
  public static FreeSpace on(Path folder, long minFreeBytes) throws IOException {
    FileStore disk = Files.getFileStore(folder);
    return new FreeSpace(disk::getUsableSpace, minFreeBytes);
  }

  /**
   * Refuses when so many bytes more do not fit.
   *
   * @throws DiskFull when they would use what is to stay free
   */
  public void require(long moreBytes) throws IOException {
    long free = usable.get();
    if (free - minFreeBytes < moreBytes) {
      throw new DiskFull(
          "The disk of the store has "
              + free
              + " bytes free, of which "
              + minFreeBytes
              + " stay free; no room for "
              + moreBytes
              + " more.");
    }
  }
}
