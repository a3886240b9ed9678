package dev.millrace.runtime.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs that the wrapper needs, by absolute path: a function may set its own PATH.
 *
 * @param unbuffered what the dynamic linker is to load so that head writes what it reads at once;
 *     empty where it is not there, and head writes a few KiB at a time
 */
record Tools(Map<String, Path> paths, String unbuffered) {
  private static final List<String> NAMES = List.of("setsid", "timeout", "head", "tail", "env");

  Tools {
    paths = Map.copyOf(paths);
  }

  /** Looks in these folders. */
  static Tools in(List<Path> folders) {
    Map<String, Path> found = new LinkedHashMap<>();
    for (String name : NAMES) {
      folders.stream()
          .map(folder -> folder.resolve(name))
          .filter(Files::isExecutable)
          .findFirst()
          .ifPresent(path -> found.put(name, path));
    }
    return new Tools(found, library());
  }

  /** Part of GNU's coreutils, where its stdbuf is. */
  private static String library() {
    return Stream.of("/usr/libexec", "/usr/lib", "/usr/lib64", "/usr/local/libexec")
        .map(folder -> Path.of(folder, "coreutils", "libstdbuf.so"))
        .filter(Files::isReadable)
        .findFirst()
        .map(Path::toString)
        .orElse("");
  }

  /** The first that is not there. */
  Optional<String> missing() {
    return NAMES.stream().filter(name -> !paths.containsKey(name)).findFirst();
  }

  String path(String name) {
    return String.valueOf(paths.get(name));
  }
}
