package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.LogCut;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes {@code ***} in place of each secret that a log shows word for word, whatever pieces the
 * log comes in. Of values with fewer than 8 bytes nothing is masked: they would be found in
 * everything. It takes time in proportion to the log and to the number of secrets, whatever they
 * are, and holds no part of the log.
 */
public final class Masking {
  private static final int SHORTEST = 8;
  private static final byte[] MASK = "***".getBytes(StandardCharsets.US_ASCII);

  private final List<byte[]> values;

  /** Masks these values, but for white space round them. */
  public Masking(Collection<String> secrets) {
    Set<String> stripped = new TreeSet<>();
    secrets.forEach(secret -> stripped.add(secret.strip()));
    this.values =
        stripped.stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .filter(bytes -> bytes.length >= SHORTEST)
            .sorted(Comparator.comparingInt((byte[] bytes) -> bytes.length).reversed())
            .toList();
  }

  /** Whether there is nothing to mask. */
  public boolean idle() {
    return values.isEmpty();
  }

  /** A stream that passes masked text on; what may be part of a secret waits until it is known. */
  public OutputStream onto(OutputStream out) {
    OutputStream masked = out;
    // Longest first: one that is part of another must not break it up.
    for (byte[] value : values.reversed()) {
      masked = new One(masked, value);
    }
    return masked;
  }

  /**
   * Masks a file, which is there as a whole before or after; of a secret that the log's cut went
   * through, the part that stands there too.
   */
  void file(Path log, LogCut cut) throws IOException {
    if (idle() || !Files.exists(log)) {
      return;
    }
    Path masked = log.resolveSibling("log.masked");
    List<Seams.Part> parts = new Seams(values).in(log, cut);
    try {
      write(log, parts, masked);
      Files.move(masked, log, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      // Where it could not be written, its room is wanted for other things.
      Files.deleteIfExists(masked);
    }
  }

  private void write(Path log, List<Seams.Part> parts, Path masked) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(log));
        OutputStream out = onto(new BufferedOutputStream(Files.newOutputStream(masked)))) {
      long at = 0;
      for (Seams.Part part : parts) {
        long bytes = part.to() - part.from();
        copy(in, part.from() - at, out);
        in.skipNBytes(bytes);
        // No longer than it was: a log has a limit.
        out.write(MASK, 0, (int) Math.min(MASK.length, bytes));
        at = part.to();
      }
      in.transferTo(out);
    }
  }

  private static void copy(InputStream in, long bytes, OutputStream out) throws IOException {
    byte[] buffer = new byte[8192];
    long left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        return;
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }

  /** For each length of a value's beginning, the longest shorter one that it ends with. */
  static int[] shorter(byte[] value) {
    int[] shorter = new int[value.length + 1];
    int length = 0;
    for (int i = 1; i < value.length; i++) {
      while (length > 0 && value[i] != value[length]) {
        length = shorter[length];
      }
      length += value[i] == value[length] ? 1 : 0;
      shorter[i + 1] = length;
    }
    return shorter;
  }

  /** For one value: Knuth, Morris and Pratt's; what was matched so far need not be kept. */
  private static final class One extends FilterOutputStream {
    private final byte[] value;
    private final int[] shorter;
    private int matched;

    One(OutputStream out, byte[] value) {
      super(out);
      this.value = value;
      this.shorter = Masking.shorter(value);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      for (int i = from; i < from + count; i++) {
        write(bytes[i]);
      }
    }

    @Override
    public void write(int one) throws IOException {
      byte next = (byte) one;
      while (matched > 0 && value[matched] != next) {
        int keep = shorter[matched];
        out.write(value, 0, matched - keep);
        matched = keep;
      }
      if (value[matched] != next) {
        out.write(next);
      } else if (++matched == value.length) {
        out.write(MASK);
        matched = 0;
      }
    }

    /** What waits goes on waiting: more may come. */
    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.write(value, 0, matched);
      matched = 0;
      super.close();
    }
  }
}
