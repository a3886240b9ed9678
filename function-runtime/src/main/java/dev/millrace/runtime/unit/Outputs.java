package dev.millrace.runtime.unit;

import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a function left in its output folder. Only regular files are output; links, devices and
 * pipes are left out, with a line in the log.
 */
final class Outputs {
  private static final int FILES_MAX = 10_000;
  private static final long BYTES_MAX = 5L * 1024 * 1024 * 1024;
  private static final int KEY_BYTES_MAX = 1024;
  private static final int NOTES_MAX = 50;

  private Outputs() {}

  /** What was found. */
  sealed interface Collected {
    /**
     * The files in the order of their paths.
     *
     * @param notes lines for the log
     */
    record Files(List<OutputFile> files, List<String> notes) implements Collected {
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
   * Collects and hashes.
   *
   * @param prefix of the keys that the files get
   */
  static Collected collect(Path folder, String prefix) throws IOException {
    Finder finder = new Finder(folder, prefix);
    try {
      Files.walkFileTree(folder, finder);
      List<OutputFile> files = new ArrayList<>();
      finder.paths.sort(null);
      for (String path : finder.paths) {
        files.add(hash(folder.resolve(path), path));
      }
      return new Collected.Files(files, finder.notes);
    } catch (UnfitName e) {
      return new Collected.Unfit(String.valueOf(e.getMessage()));
    }
  }

  private static OutputFile hash(Path file, String path) throws IOException {
    MessageDigest digest = Hex.sha256();
    try (InputStream in =
        new DigestInputStream(
            Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
            digest)) {
      long size = in.transferTo(OutputStream.nullOutputStream());
      if (size > BYTES_MAX) {
        throw new UnfitName("output '" + path + "' has " + size + " bytes, more than 5 GiB");
      }
      return new OutputFile(path, size, Hex.of(digest.digest()));
    }
  }

  private static final class Finder extends SimpleFileVisitor<Path> {
    private final Path folder;
    private final String prefix;
    private final List<String> paths = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Finder(Path folder, String prefix) {
      this.folder = folder;
      this.prefix = prefix;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String path = folder.relativize(file).toString();
      if (!attributes.isRegularFile()) {
        note(path, attributes.isSymbolicLink() ? "a link" : "no regular file");
        return FileVisitResult.CONTINUE;
      }
      check(path);
      paths.add(path);
      if (paths.size() > FILES_MAX) {
        throw new UnfitName("there are more than " + FILES_MAX + " output files");
      }
      return FileVisitResult.CONTINUE;
    }

    private void note(String path, String what) {
      if (notes.size() < NOTES_MAX) {
        String shown = path.replaceAll("\\p{Cntrl}", "?");
        notes.add("millrace: output '" + shown + "' is left out: it is " + what);
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
