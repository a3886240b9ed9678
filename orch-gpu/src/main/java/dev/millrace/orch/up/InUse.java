package dev.millrace.orch.up;

import dev.millrace.orch.client.CoordinatorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The configuration that the coordinator of a folder was started with, where it still runs. */
record InUse(long pid, Path config) {
  private static final String OPTION = "--config";

  /**
   * As the process was called.
   *
   * @param proc {@code /proc}
   */
  static Optional<InUse> of(Path proc, Path data) throws IOException {
    Optional<CoordinatorFile> file = CoordinatorFile.read(data);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    long pid = file.get().pid();
    Path process = proc.resolve(Long.toString(pid));
    List<String> words;
    Path folder;
    try {
      words = List.of(Files.readString(process.resolve("cmdline")).split("\0", -1));
      folder = process.resolve("cwd").toRealPath();
    } catch (IOException e) {
      // It has ended, or is another user's.
      return Optional.empty();
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(OPTION) && i + 1 < words.size()) {
        return Optional.of(new InUse(pid, folder.resolve(words.get(i + 1))));
      }
      if (word.startsWith(OPTION + "=")) {
        return Optional.of(new InUse(pid, folder.resolve(word.substring(OPTION.length() + 1))));
      }
    }
    return Optional.empty();
  }
}
