package dev.millrace.runtime.unit;

import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a function left in its output folder. Only regular files are output; links, devices and
 * pipes are left out, with a line in the log.
 */
final class Outputs {
  private static final int FILES_MAX = 10_000;
  private static final int KEY_BYTES_MAX = 1024;
  private static final int NOTES_MAX = 50;

  private Outputs() {}

  /**
   * A file that is output.
   *
   * @param path as {@link OutputFile#path()}
   */
  record Found(String path, long size) {
    /** With the digest that it had when it was uploaded. */
    OutputFile hashed(String sha256) {
      return new OutputFile(path, size, sha256);
    }
  }

  /** What was found. */
  sealed interface Collected {
    /**
     * The files in the order of their paths.
     *
     * @param notes lines for the log
     */
    record Files(List<Found> files, List<String> notes) implements Collected {
      public Files {
        files = List.copyOf(files);
        notes = List.copyOf(notes);
      }
    }

    /** The set cannot be taken. */
    record Unfit(String reason) implements Collected {}
  }

  private static final class UnfitName extends IOException {
    private static final long serialVersionUID = 1L;

    UnfitName(String message) {
      super(message);
    }
  }

  /**
   * Collects.
   *
   * @param prefix of the keys that the files get
   * @param bytesMax of all files together
   */
  static Collected collect(Path folder, String prefix, long bytesMax) throws IOException {
    Finder finder = new Finder(folder, prefix, bytesMax);
    try {
      Files.walkFileTree(folder, finder);
      finder.found.sort(Comparator.comparing(Found::path));
      return new Collected.Files(finder.found, finder.notes);
    } catch (UnfitName e) {
      return new Collected.Unfit(String.valueOf(e.getMessage()));
    }
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path folder;
    private final String prefix;
    private final long bytesMax;
    private final List<Found> found = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long bytes;

    Finder(Path folder, String prefix, long bytesMax) {
      this.folder = folder;
      this.prefix = prefix;
      this.bytesMax = bytesMax;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String path = folder.relativize(file).toString();
      if (!attributes.isRegularFile()) {
        note(path, attributes.isSymbolicLink() ? "a link" : "no regular file");
        return FileVisitResult.CONTINUE;
      }
      check(path);
      if (!Files.isReadable(file)) {
        throw new UnfitName("output '" + shown(path) + "' cannot be read");
      }
      add(new Found(path, attributes.size()));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      throw new UnfitName(
          "output '" + shown(folder.relativize(file).toString()) + "' cannot be read");
    }

    private static String shown(String path) {
      return path.replaceAll("\\p{Cntrl}", "?");
    }

    private void add(Found file) throws UnfitName {
      found.add(file);
      bytes += file.size();
      if (found.size() > FILES_MAX) {
        throw new UnfitName("there are more than " + FILES_MAX + " output files");
      }
      if (file.size() > UploadStep.OBJECT_BYTES_MAX) {
        throw new UnfitName(
            "output '" + file.path() + "' has " + file.size() + " bytes, more than 5 TiB");
      }
      if (bytes > bytesMax) {
        throw new UnfitName("the outputs have more than " + bytesMax + " bytes together");
      }
    }

    private void note(String path, String what) {
      if (notes.size() < NOTES_MAX) {
        notes.add("millrace: output '" + shown(path) + "' is left out: it is " + what);
      }
    }

    private void check(String path) throws IOException {
      if (path.indexOf('\uFFFD') >= 0) {
        throw new UnfitName("an output's name is not UTF-8: '" + path + "'");
      }
      if (path.equals(".millrace") || path.startsWith(".millrace/")) {
        throw new UnfitName("outputs under .millrace/ are reserved: '" + path + "'");
      }
      String key = prefix + Manifest.OUTPUTS + path;
      int bytes = key.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > KEY_BYTES_MAX) {
        throw new UnfitName(
            "output '"
                + path.substring(0, 60)
                + "...' needs a key of "
                + bytes
                + " bytes, more than "
                + KEY_BYTES_MAX);
      }
    }
  }
}
