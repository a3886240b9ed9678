package dev.millrace.orch.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where keys lie in a folder, as far as its file system has room for such names. For one thread at
 * a time, but for {@link #obstacle}.
 */
final class Places {
  private final Path folder;
  private final Optional<Set<String>> taken;

  /** Where a key lies, or why it lies nowhere. */
  sealed interface Place {
    /** It lies here. */
    record Here(Path file) implements Place {}

    /** It lies nowhere. */
    record Nowhere(String why) implements Place {}
  }

  /**
   * Looks at a folder, which is there.
   *
   * @param folder absolute
   */
  static Places in(Path folder) throws IOException {
    return new Places(folder, folds(folder));
  }

  /**
   * @param folds whether names that differ in case alone are one
   */
  Places(Path folder, boolean folds) {
    this.folder = folder;
    this.taken = folds ? Optional.of(new HashSet<>()) : Optional.empty();
  }

  /** Whether the file system takes {@code a} for {@code A}. */
  private static boolean folds(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, ".millrace-case", ".part");
    try {
      String other = probe.getFileName().toString().toUpperCase(Locale.ROOT);
      return Files.exists(probe.resolveSibling(other));
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /**
   * Where the rest of a key lies in the folder, and never beside it. The first of those that the
   * file system takes for one has the place.
   */
  Place of(String rest) {
    for (String part : rest.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return new Place.Nowhere("a part of its path is empty, '.' or '..'");
      }
    }
    Path to;
    try {
      to = folder.resolve(rest).normalize();
    } catch (InvalidPathException e) {
      return new Place.Nowhere("it is no path here");
    }
    if (!to.startsWith(folder)) {
      return new Place.Nowhere("its path leads out of the folder");
    }
    for (Path part : folder.relativize(to)) {
      if (!Destination.canBe(folder.resolve(part))) {
        return new Place.Nowhere("a name in it is longer than this file system takes");
      }
    }
    if (taken.isPresent() && !taken.get().add(folded(rest))) {
      return new Place.Nowhere("this file system takes its name for that of another key");
    }
    Optional<String> obstacle = obstacle(to);
    return obstacle.isPresent() ? new Place.Nowhere(obstacle.get()) : new Place.Here(to);
  }

  private static String folded(String rest) {
    return Normalizer.normalize(rest, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  /** What is in a file's way: a key may be a folder of another one's. Safe for many threads. */
  Optional<String> obstacle(Path to) {
    if (Files.isDirectory(to)) {
      return Optional.of("a folder has its name here");
    }
    if (Files.exists(to) && !Files.isRegularFile(to)) {
      return Optional.of("what has its name here is no file");
    }
    Path up = folder;
    for (Path part : folder.relativize(to)) {
      if (Files.isRegularFile(up)) {
        return Optional.of("a file lies where its folder would be");
      }
      up = up.resolve(part);
    }
    return Optional.empty();
  }
}
