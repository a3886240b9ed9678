package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where file systems are mounted, as the kernel tells it: the fifth word of each line of {@code
 * mountinfo} (proc_pid_mountinfo(5)). No file can be renamed to a folder that is such a place.
 */
record Mounts(Path mountinfo) {
  /** Those that this process sees. */
  static Mounts own() {
    return new Mounts(Path.of("/proc/self/mountinfo"));
  }

  /** Whether a folder that is there is one. */
  boolean at(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.getFileStore(folder).equals(Files.getFileStore(parent))) {
      return true;
    }
    if (!Files.isReadable(mountinfo)) {
      return false;
    }
    String wanted = folder.toRealPath().toString();
    return Files.readAllLines(mountinfo).stream()
        .map(line -> line.split(" "))
        .anyMatch(words -> words.length > 4 && plain(words[4]).equals(wanted));
  }

  /** Blanks, tabs, line ends and backslashes stand there in octal. */
  private static String plain(String word) {
    return word.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
