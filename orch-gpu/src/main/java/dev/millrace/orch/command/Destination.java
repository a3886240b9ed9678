package dev.millrace.orch.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a downloaded object is written. A name that ends in a slash is a folder, which is made
 * where it is missing; so is one that is a folder already.
 *
 * @param file the file to write
 * @param made folders that were made for it, outermost first
 */
record Destination(Path file, List<Path> made) {
  Destination {
    made = List.copyOf(made);
  }

  /**
   * The file for one object; its folder is there then.
   *
   * @param wanted what was named; null for the key's last part, here
   */
  static Destination ofObject(Path here, @Nullable String wanted, S3Target object)
      throws IOException {
    Path named = wanted == null ? here : path(here, wanted);
    boolean folder = wanted == null || namesFolder(wanted) || Files.isDirectory(named);
    List<Path> made = wanted != null && namesFolder(wanted) ? make(named) : List.of();
    try {
      return new Destination(checked(folder ? inFolder(named, object) : named, object), made);
    } catch (Mistake e) {
      remove(made);
      throw e;
    }
  }

  /**
   * The folder for what is under a prefix; it may be missing.
   *
   * @param wanted what was named; null for the prefix's last part, here
   */
  static Path ofPrefix(Path here, @Nullable String wanted, S3Target prefix) {
    Path to = path(here, wanted == null ? lastPart(prefix) : wanted);
    if (Files.exists(to) && !Files.isDirectory(to)) {
      throw Mistake.failed(
          shown(to) + " is no folder, and what is under a prefix comes into one: name another");
    }
    return to;
  }

  private static String lastPart(S3Target prefix) {
    String key = prefix.key().isEmpty() ? prefix.bucket() : prefix.key();
    String name = key.replaceFirst("/$", "").replaceFirst("^.*/", "");
    if (!isName(name)) {
      throw Mistake.usage("the prefix ends in no folder's name: say which FILE");
    }
    return name;
  }

  private static boolean isName(String part) {
    return !part.isEmpty() && !part.equals(".") && !part.equals("..") && part.indexOf('\0') < 0;
  }

  private static boolean namesFolder(String wanted) {
    return wanted.endsWith("/")
        || wanted.endsWith(File.separator)
        || wanted.equals(".")
        || wanted.equals("..")
        || wanted.endsWith("/.")
        || wanted.endsWith("/..");
  }

  private static Path path(Path here, String wanted) {
    try {
      return here.resolve(wanted);
    } catch (InvalidPathException e) {
      throw Mistake.usage(
          "'" + Words.printable(wanted) + "' is no path here: " + e.getReason() + "; say another");
    }
  }

  private static Path inFolder(Path folder, S3Target object) {
    String name = object.key().substring(object.key().lastIndexOf('/') + 1);
    if (!isName(name)) {
      throw Mistake.usage("the key's last part is no file name: say which FILE");
    }
    return folder.resolve(name);
  }

  /** Said before a byte has come, which may be after a long wait. */
  private static Path checked(Path file, S3Target object) {
    Path folder = file.getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw Mistake.failed(
          "there is no folder "
              + shown(folder)
              + " to write to: make it, or name another file; a folder that ends in '/' is made");
    }
    if (Files.isDirectory(file)) {
      throw Mistake.failed(shown(file) + " is a folder: name another FILE");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw Mistake.failed(
          shown(file) + " is no file that could be replaced: name another; '-' prints the object");
    }
    if (!canBe(file)) {
      throw Mistake.failed(
          "the name "
              + shown(file.getFileName())
              + " is longer than this file system takes: millrace get "
              + Words.printable("s3://" + object.bucket() + "/" + object.key())
              + object.option()
              + " FILE, with another");
    }
    return file;
  }

  /** Whether the file system takes such a name in a folder that is there. */
  static boolean canBe(Path file) {
    try {
      Files.readAttributes(file, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (FileSystemException e) {
      return !e.getClass().equals(FileSystemException.class); // Of a kind that is known: its own.
    } catch (IOException e) {
      return true;
    }
  }

  private static List<Path> make(Path folder) throws IOException {
    List<Path> missing = new ArrayList<>();
    Path whole = folder.toAbsolutePath().normalize();
    // A link to what is not there is somebody's, and not ours to take away.
    for (Path p = whole; p != null && !Files.exists(p, LinkOption.NOFOLLOW_LINKS); ) {
      missing.addFirst(p);
      p = p.getParent();
    }
    try {
      Files.createDirectories(folder);
      return missing;
    } catch (FileSystemException e) {
      remove(missing);
      String why = e.getReason();
      throw Mistake.failed(
          "the folder "
              + shown(folder)
              + " cannot be made"
              + (Files.exists(folder)
                  ? ": there is a file of that name"
                  : why == null ? "" : ": " + why)
              + "; name another");
    }
  }

  private static String shown(Path path) {
    return Words.printable(path.toString());
  }

  /** Takes away folders that were made for a file that did not come. */
  void undo() {
    remove(made);
  }

  private static void remove(List<Path> made) {
    try {
      for (Path folder : made.reversed()) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      // It is not empty any more, or cannot be taken away: then it stays.
    }
  }
}
