package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What of a data folder is kept, and how each part of it changes. */
final class Layout {
  static final String JOURNAL = "journal.db";

  /** Whose signature orders bear; made before anything is kept in a journal. */
  static final String KEY = "keys/coordinator.ed25519";

  /** What secrets are sealed under: who has it and the journal has them in clear. */
  static final String SECRETS = "keys/secrets.key";

  static final String LEDGER = "ledger";
  static final String NAMES = "store/names.sqlite";
  static final String BLOBS = "store/blobs";

  /** Where blobs stay while they are copied; a store looks at shards alone. */
  static final String LINKS = BLOBS + "/.backup";

  /** Copies of databases. */
  static final String WORK = ".backup";

  /** Only grow, and in this order none knows more than the next. */
  static final List<String> GROWING =
      List.of("ledger/index", "ledger/entries", "provider/receipts");

  /** Kept apart, made again, or about runs that a restored provider must not take up. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          WORK,
          SECRETS,
          BLOBS,
          Restore.MARK,
          "store/" + Restore.MARK,
          "scratch",
          "bundles",
          "store.env",
          "coordinator.json",
          "provider/runs",
          "provider/files",
          "provider/slots",
          "provider/workers");

  private static final List<String> PASSING = List.of(".part", ".new", ".next", ".lock");

  private Layout() {}

  /**
   * Files that are small and replaced as a whole: keys, tokens, configuration, a checkpoint. A link
   * stands for what it points to.
   *
   * @throws IOException also when a link leads nowhere, or round in a circle
   */
  static List<Path> others(Path data) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        data,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return LEFT_OUT.contains(name(data, folder))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            boolean other = other(name(data, file));
            if (other && attributes.isSymbolicLink()) {
              throw new IOException(
                  file + " is a link that leads nowhere: mend it, or take it away");
            }
            if (other && attributes.isRegularFile()) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              throw new IOException(file + " is a link round in a circle: take it away", failure);
            }
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
              throw failure;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    found.sort(null);
    return found;
  }

  private static boolean other(String name) {
    boolean lock = name.equals("lock") || name.endsWith("/lock");
    boolean database = name.startsWith(JOURNAL) || name.startsWith(NAMES);
    return !lock
        && !database
        && !LEFT_OUT.contains(name)
        && !GROWING.contains(name)
        && PASSING.stream().noneMatch(name::endsWith);
  }

  /** A path as a backup writes it. */
  static String name(Path data, Path file) {
    return data.relativize(file).toString().replace('\\', '/');
  }
}
