package dev.millrace.runtime.runner;

import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The steps that something has gone through, a line each in one file, of which the last that can be
 * read counts: whenever the process dies, the step before or the new one is there. Nothing is synced: a
 * step survives its process, not a power cut. A new file for each step, moved over the old one,
 * would have the file system look for a free inode among all those that it has just freed, which
 * costs more than everything else in a short run's folder.
 *
 * @param path of the file; a link there is not followed
 */
public record StepFile(Path path) {
  /**
   * Adds a step.
   *
   * @param line without a line's end in it, as JSON is written
   */
  public void add(byte[] line) throws IOException {
    byte[] whole = new byte[line.length + 2];
    // What a dying process has left of a line ends here.
    whole[0] = '\n';
    System.arraycopy(line, 0, whole, 1, line.length);
    whole[line.length + 1] = '\n';
    try (OutputStream out =
        Files.newOutputStream(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND,
            LinkOption.NOFOLLOW_LINKS)) {
      out.write(whole);
    }
  }

  /** Reads a step from its line. */
  @FunctionalInterface
  public interface Reading<T> {
    T of(byte[] line) throws MalformedJson;
  }

  /**
   * The last step that can be read; empty when there is none. A process that died before it could
   * end a line, and then another, leave lines that are none.
   *
   * @throws java.nio.file.NoSuchFileException when there is no file
   */
  public <T> Optional<T> last(Reading<T> reading) throws IOException {
    String text = Files.readString(path, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf('\n');
    while (end > 0) {
      int begin = text.lastIndexOf('\n', end - 1);
      if (begin < end - 1) {
        try {
          return Optional.of(
              reading.of(text.substring(begin + 1, end).getBytes(StandardCharsets.ISO_8859_1)));
        } catch (MalformedJson e) {
          // Half a line: the step before it counts.
        }
      }
      end = begin;
    }
    return Optional.empty();
  }
}
