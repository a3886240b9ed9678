package dev.millrace.runtime.runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/** Reads a file that somebody adds to. */
public final class LogPart {
  private LogPart() {}

  /**
   * A part of it.
   *
   * @param from where it begins
   * @param most bytes; fewer come where the file has not so many, none where there is no file
   */
  public static byte[] read(Path file, long from, int most) throws IOException {
    try (SeekableByteChannel in =
        Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long there = Math.clamp(in.size() - from, 0, most);
      ByteBuffer part = ByteBuffer.allocate((int) there);
      in.position(from);
      while (part.hasRemaining() && in.read(part) >= 0) {
        // Until it is whole, or the file is shorter than it was.
      }
      return Arrays.copyOf(part.array(), part.position());
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }
}
