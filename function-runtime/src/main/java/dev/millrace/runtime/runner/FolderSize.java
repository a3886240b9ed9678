package dev.millrace.runtime.container;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Whether a folder that someone writes to has become too large. */
final class FolderSize extends SimpleFileVisitor<Path> {
  private static final int ENTRIES_MAX = 100_000;

  private final long bytesMax;
  private long bytes;
  private int entries;

  private FolderSize(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** What is too much; empty when nothing is. */
  static Optional<String> tooMuch(Path folder, long bytesMax) throws IOException {
    FolderSize size = new FolderSize(bytesMax);
    Files.walkFileTree(folder, size);
    if (size.bytes > bytesMax) {
      return Optional.of(
          "the output folder has more than "
              + bytesMax
              + " bytes, the limit of provider.runners.docker.output_max");
    }
    return size.entries > ENTRIES_MAX
        ? Optional.of("the output folder has more than " + ENTRIES_MAX + " files")
        : Optional.empty();
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    entries++;
    return goOn();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    entries++;
    bytes += attributes.isRegularFile() ? attributes.size() : 0;
    return goOn();
  }

  private FileVisitResult goOn() {
    return bytes > bytesMax || entries > ENTRIES_MAX
        ? FileVisitResult.TERMINATE
        : FileVisitResult.CONTINUE;
  }

  /** The function writes meanwhile: what was there a moment ago may be gone. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) {
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path folder, @org.jspecify.annotations.Nullable IOException failure) {
    return FileVisitResult.CONTINUE;
  }
}
