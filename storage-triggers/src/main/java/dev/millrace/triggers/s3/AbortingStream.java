package dev.millrace.triggers.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/**
 * An object's bytes. Closed before the end, it drops the connection, where the SDK would read the
 * rest of it.
 */
final class AbortingStream extends FilterInputStream {
  private final ResponseInputStream<?> body;
  private boolean ended;

  AbortingStream(ResponseInputStream<?> body) {
    super(body);
    this.body = body;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    ended |= value < 0;
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = super.read(bytes, offset, length);
    ended |= count < 0;
    return count;
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      super.close();
    } else {
      body.abort();
    }
  }
}
