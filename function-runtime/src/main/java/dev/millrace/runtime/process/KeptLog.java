package dev.millrace.runtime.process;

import dev.millrace.runtime.runner.LogCut;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much of a log is kept: its head and its tail, never more than the limit in all.
 *
 * @param headBytes kept from the beginning
 * @param tailBytes kept from the end; the writer keeps one more, which tells that something was
 *     left out
 */
record KeptLog(long headBytes, long tailBytes) {
  /** Splits a limit in two halves, the line between them included. */
  static KeptLog within(long maxBytes) {
    LogCut cut = LogCut.within(maxBytes);
    return new KeptLog(cut.headBytes(), cut.tailBytes());
  }

  /** Puts both parts together; parts that are not there count as empty. */
  void join(Path head, Path tail, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target)) {
      if (Files.exists(head)) {
        Files.copy(head, out);
      }
      if (!Files.exists(tail)) {
        return;
      }
      try (InputStream in = Files.newInputStream(tail)) {
        if (Files.size(tail) > tailBytes) {
          out.write(LogCut.MIDDLE.getBytes(StandardCharsets.UTF_8));
          in.skipNBytes(Files.size(tail) - tailBytes);
        }
        in.transferTo(out);
      }
    }
  }
}
