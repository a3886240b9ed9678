package dev.millrace.orch.api;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body of unknown length that may not go on for ever. */
final class BoundedStream extends FilterInputStream {
  private final long max;
  private long seen;

  BoundedStream(InputStream in, long max) {
    super(in);
    this.max = max;
  }

  static Refusal tooLarge(long max) {
    return Refusal.of(
        413,
        "Too large",
        "the body is larger than " + max + " bytes, which is the limit here",
        "send less, or raise the limit in the coordinator's configuration");
  }

  @Override
  public int read() throws IOException {
    int octet = super.read();
    count(octet < 0 ? 0 : 1);
    return octet;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int got = super.read(buffer, offset, length);
    count(Math.max(got, 0));
    return got;
  }

  @Override
  public long skip(long wanted) throws IOException {
    long skipped = super.skip(wanted);
    count(skipped);
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(long more) {
    seen += more;
    if (seen > max) {
      throw tooLarge(max);
    }
  }
}
