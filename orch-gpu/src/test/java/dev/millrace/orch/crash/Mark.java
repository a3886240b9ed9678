package dev.millrace.orch.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * By what the processes of this trial's functions are known, wherever they went.
 *
 * @param value no other trial has it
 */
record Mark(String value) {
  static final String VARIABLE = "CRASH_MARK";

  /** Processes that carry it. */
  List<Long> carriers() throws IOException {
    List<Long> found = new ArrayList<>();
    String assignment = "\0" + VARIABLE + "=" + value + "\0";
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (("\0" + environment(process)).contains(assignment)) {
          found.add(Long.valueOf(process.getFileName().toString()));
        }
      }
    }
    return found;
  }

  private static String environment(Path process) {
    try {
      byte[] block = Files.readAllBytes(process.resolve("environ"));
      return new String(block, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
