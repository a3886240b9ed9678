package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.LogCut;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a log was cut in the middle of a secret: its beginning stands before the cut, or its end
 * behind. Either is found by its place, of whatever length it is.
 */
final class Seams {
  private static final byte[] MIDDLE = LogCut.MIDDLE.getBytes(StandardCharsets.UTF_8);
  private static final byte[] BEGINNING = LogCut.BEGINNING.getBytes(StandardCharsets.UTF_8);

  private final List<byte[]> values;
  private final int longest;

  /** Bytes of a log that are part of a secret. */
  record Part(long from, long to) {}

  Seams(List<byte[]> values) {
    this.values = values;
    this.longest = values.stream().mapToInt(value -> value.length).max().orElse(0);
  }

  /** The parts in a log that is cut there, in their order. */
  List<Part> in(Path log, LogCut cut) throws IOException {
    List<Part> parts = new ArrayList<>();
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      if (holds(file, 0, BEGINNING)) {
        parts.add(endOfOne(file, BEGINNING.length));
      }
      long seam = cut.headBytes();
      boolean middle = holds(file, seam, MIDDLE);
      // A host that went down may have left the head alone.
      if (middle || file.length() == seam) {
        parts.add(beginningOfOne(file, seam));
      }
      if (middle) {
        parts.add(endOfOne(file, seam + MIDDLE.length));
      }
    }
    return parts;
  }

  private static boolean holds(RandomAccessFile file, long at, byte[] line) throws IOException {
    return Arrays.equals(read(file, at, at + line.length), line);
  }

  private Part beginningOfOne(RandomAccessFile file, long seam) throws IOException {
    byte[] before = read(file, Math.max(0, seam - longest), seam);
    int most = 0;
    for (byte[] value : values) {
      most = Math.max(most, common(value, before));
    }
    return new Part(seam - most, seam);
  }

  private Part endOfOne(RandomAccessFile file, long seam) throws IOException {
    byte[] behind = reversed(read(file, seam, seam + longest));
    int most = 0;
    for (byte[] value : values) {
      most = Math.max(most, common(reversed(value), behind));
    }
    return new Part(seam, seam + most);
  }

  private static byte[] read(RandomAccessFile file, long from, long to) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(to, file.length()) - from)];
    file.seek(from);
    file.readFully(bytes);
    return bytes;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  /** How much of the value's beginning, or all of it, the text ends with. */
  private static int common(byte[] value, byte[] text) {
    int[] shorter = Masking.shorter(value);
    int matched = 0;
    for (byte next : text) {
      while (matched > 0 && (matched == value.length || value[matched] != next)) {
        matched = shorter[matched];
      }
      matched += value[matched] == next ? 1 : 0;
    }
    return matched;
  }
}
