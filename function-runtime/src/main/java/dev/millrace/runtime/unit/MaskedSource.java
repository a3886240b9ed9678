package dev.millrace.runtime.unit;

import dev.millrace.schema.run.Printed;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * What a run has printed, with its secrets masked as in the log that it will leave. What may be the
 * beginning of a secret is held back until more has come. Keeps the text that was read, which is no
 * longer than a log may be. For one thread.
 */
final class MaskedSource implements LiveSource {
  private static final int CHUNK = 64 * 1024;

  private final LiveSource plain;
  private final Printed masked = new Printed(Integer.MAX_VALUE);
  private final OutputStream masking;
  private long read;

  MaskedSource(LiveSource plain, Masking masking) {
    this.plain = plain;
    this.masking =
        masking.onto(
            new OutputStream() {
              @Override
              public void write(int one) {
                write(new byte[] {(byte) one}, 0, 1);
              }

              @Override
              public void write(byte[] bytes, int from, int count) {
                masked.add(Arrays.copyOfRange(bytes, from, from + count), count);
              }
            });
  }

  @Override
  public byte[] printed(long from, int most) throws IOException {
    while (masked.size() < from + most) {
      byte[] more = plain.printed(read, CHUNK);
      if (more.length == 0) {
        break;
      }
      masking.write(more);
      read += more.length;
    }
    return masked.read(from, most);
  }
}
