package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.LogCut;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What a container printed, cut to the run's limit: its head and its tail where the engine has
 * both, otherwise its tail. It passes through a file, never through memory.
 */
final class KeptOutput {
  /** The least that an engine keeps of a container's output in each of its files. */
  private static final long ENGINE_BYTES_MIN = 4L << 20;

  /** What an engine's file has beside each line: the stream, the time, lengths. */
  private static final int ENTRY_BYTES = 32;

  private static final byte[] CUT = said(LogCut.MIDDLE);
  private static final byte[] LATE = said(LogCut.BEGINNING);

  private KeptOutput() {}

  private static byte[] said(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /** How much the engine shall keep in each of two files for a log of so much. */
  static long engineBytes(long logMaxBytes) {
    return Math.max(ENGINE_BYTES_MIN, logMaxBytes);
  }

  /** How much of a log that is too long is kept from its beginning. */
  static long headBytes(long logMaxBytes) {
    return LogCut.within(logMaxBytes).headBytes();
  }

  /** Writes the log. */
  static void keep(Engine engine, String container, Path target, long maxBytes)
      throws IOException, InterruptedException {
    Path spool = target.resolveSibling(target.getFileName() + ".spool");
    Counted counted = new Counted(Files.newOutputStream(spool));
    try (counted) {
      engine.logs(container, counted);
    }
    long engineHad = counted.bytes + counted.writes * ENTRY_BYTES;
    if (counted.bytes <= maxBytes && engineHad < engineBytes(maxBytes)) {
      Files.move(spool, target, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      if (engineHad < engineBytes(maxBytes)) {
        LogCut cut = LogCut.within(maxBytes);
        part(spool, 0, cut.headBytes(), out);
        out.write(CUT);
        part(spool, counted.bytes - cut.tailBytes(), cut.tailBytes(), out);
      } else {
        long usable = Math.min(counted.bytes, Math.max(0, maxBytes - LATE.length));
        out.write(LATE);
        part(spool, counted.bytes - usable, usable, out);
      }
    }
    Files.delete(spool);
  }

  private static void part(Path spool, long from, long bytes, OutputStream out) throws IOException {
    try (InputStream in = Files.newInputStream(spool)) {
      in.skipNBytes(from);
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
  }

  /** Each write is one entry of the engine's. */
  private static final class Counted extends OutputStream {
    private final OutputStream target;
    private long bytes;
    private long writes;

    Counted(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      target.write(buffer, offset, length);
      bytes += length;
      writes++;
    }

    @Override
    public void close() throws IOException {
      target.close();
    }
  }
}
