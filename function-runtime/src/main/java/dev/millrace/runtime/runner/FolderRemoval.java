package dev.millrace.runtime.runner;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * Removes a folder with all that is in it; links are removed, never followed. What another thread
 * or process removes meanwhile is gone, which is what is wanted.
 */
public final class FolderRemoval extends SimpleFileVisitor<Path> {
  /** A run's folder, those in it, and what lies in them. */
  private static final int SHALLOW = 2;

  private FolderRemoval() {}

  /** Removes it; nothing happens where there is none. */
  public static void remove(Path folder) throws IOException {
    if (Files.exists(folder) && !quick(folder.toFile(), SHALLOW)) {
      Files.walkFileTree(folder, new FolderRemoval());
    }
  }

  /**
   * Whether a folder of few levels could be removed by asking for no more than that: most can, and
   * a walk asks the file system three times as much.
   */
  private static boolean quick(File folder, int levels) {
    String[] names =
        Files.isDirectory(folder.toPath(), LinkOption.NOFOLLOW_LINKS) ? folder.list() : null;
    if (names == null) {
      return false;
    }
    boolean all = true;
    for (String name : names) {
      File each = new File(folder, name);
      all = all && (each.delete() || levels > 1 && quick(each, levels - 1));
    }
    return all && folder.delete();
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    Files.deleteIfExists(file);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
      throws IOException {
    if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
      open(folder);
    }
    return FileVisitResult.CONTINUE;
  }

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** A folder that even its owner may not list is opened and walked again, once. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    if (!(failure instanceof AccessDeniedException)
        || !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
        || Files.isReadable(file)) {
      throw failure;
    }
    open(file);
    Files.walkFileTree(file, new FolderRemoval());
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
      throws IOException {
    Files.deleteIfExists(folder);
    return FileVisitResult.CONTINUE;
  }
}
