package dev.millrace.runtime.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes a folder of the kinds that a function may leave, locked, and removes it. */
final class RemovesFolder {
  private RemovesFolder() {}

  /**
   * Ends with 0 when nothing is left.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (String mode : new String[] {"---------", "-w-------", "r--------", "--x------"}) {
      Path outer = folder.resolve("locked" + mode);
      Path inner = Files.createDirectories(outer.resolve("inner"));
      Files.writeString(inner.resolve("file"), "left");
      Files.writeString(outer.resolve("file"), "left");
      Files.setPosixFilePermissions(
          outer.resolve("file"), PosixFilePermissions.fromString("---------"));
      Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString(mode));
      Files.setPosixFilePermissions(outer, PosixFilePermissions.fromString(mode));
    }
    if (Files.isReadable(folder.resolve("locked---------"))) {
      throw new IOException("no folder is locked for this user: nothing would be shown");
    }
    FolderRemoval.remove(folder);
    System.exit(Files.exists(folder) ? 1 : 0);
  }
}
