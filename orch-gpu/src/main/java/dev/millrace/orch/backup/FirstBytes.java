package dev.millrace.orch.backup;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** So many bytes of a stream, and none less. */
final class FirstBytes extends FilterInputStream {
  private final Path file;
  private long left;

  FirstBytes(InputStream in, long bytes, Path file) {
    super(in);
    this.left = bytes;
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new IOException(file + " became shorter while it was read: take the backup again");
    }
    left -= count;
    return count;
  }
}
