package dev.millrace.orch.client;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/** A stretch of a file. */
record Piece(Path file, long from, long length) {
  /**
   * Its bytes.
   *
   * @param progress is told how many more were read
   */
  InputStream open(LongConsumer progress) throws IOException {
    FileChannel channel = FileChannel.open(file);
    channel.position(from);
    return new Stretch(Channels.newInputStream(channel), length, progress);
  }

  /** Ends after so many bytes, and tells how many were read. */
  private static final class Stretch extends FilterInputStream {
    private final LongConsumer progress;
    private long left;

    Stretch(InputStream in, long length, LongConsumer progress) {
      super(in);
      this.left = length;
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int got = super.read(buffer, offset, (int) Math.min(length, left));
      if (got < 0) {
        throw new EOFException("the file became shorter while it was uploaded");
      }
      left -= got;
      progress.accept(got);
      return got;
    }
  }
}
