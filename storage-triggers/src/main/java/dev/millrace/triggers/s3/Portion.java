package dev.millrace.triggers.s3;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The next so many bytes of a stream, which stays open for what follows; that it ends before them
 * is an I/O error.
 */
final class Portion extends FilterInputStream {
  private long left;

  Portion(InputStream whole, long bytes) {
    super(whole);
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    if (left == 0) {
      return -1;
    }
    int value = super.read();
    if (value < 0) {
      throw ended();
    }
    left--;
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0 && length > 0) {
      return -1;
    }
    int count = super.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw ended();
    }
    left -= count;
    return count;
  }

  private EOFException ended() {
    return new EOFException("the source ended " + left + " bytes too early");
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(Math.min(count, left));
    left -= skipped;
    return skipped;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(super.available(), left);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() {
    // The whole belongs to whoever opened it.
  }
}
