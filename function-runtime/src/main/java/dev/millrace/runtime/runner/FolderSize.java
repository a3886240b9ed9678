package dev.millrace.runtime.runner;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How much lies in folders that someone writes to meanwhile; counting ends when it is too much. */
public final class FolderSize {
  private static final int ENTRIES_MAX = 100_000;

  private final long bytesMax;
  private long bytes;
  private int entries;

  private FolderSize(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Nothing yet. */
  public static FolderSize within(long bytesMax) {
    return new FolderSize(bytesMax);
  }

  /** What is too much in an output folder; empty when nothing is. */
  public static Optional<String> tooMuch(Path folder, long bytesMax, String setting)
      throws IOException {
    FolderSize size = within(bytesMax);
    size.add(folder);
    if (size.bytes > bytesMax) {
      return Optional.of(
          "the output folder has more than " + bytesMax + " bytes, the limit of " + setting);
    }
    return size.over()
        ? Optional.of("the output folder has more than " + ENTRIES_MAX + " files")
        : Optional.empty();
  }

  /** Adds what lies in a folder; one that is not there has nothing. */
  public void add(Path folder) throws IOException {
    Files.walkFileTree(folder, new Counting());
  }

  /** Adds what lies in none. */
  public void add(long more) {
    bytes += more;
  }

  /** Whether it is too much. */
  public boolean over() {
    return bytes > bytesMax || entries > ENTRIES_MAX;
  }

  private final class Counting extends SimpleFileVisitor<Path> {
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
      return over() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
    }

    /** The function writes meanwhile: what was there a moment ago may be gone. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
      return FileVisitResult.CONTINUE;
    }
  }
}
