package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A body that must keep coming: of the time that we wait for it, each window brings so many bytes,
 * or the request is over. A client that sends a byte now and then would otherwise hold one of the
 * store's requests for ever. The time that our own disk takes does not count.
 */
final class PacedBody extends InputStream {
  private final InputStream in;
  private final long bytesMin;
  private final Duration window;
  private final LongSupplier nanoTime;
  private long waitedNanos;
  private long received;
  private long total;
  private State state = State.UNTOUCHED;

  /** How far it is. */
  private enum State {
    UNTOUCHED,
    ASKED,
    ENDED,
    BROKEN
  }

  /**
   * A body with that pace.
   *
   * @param bytesMin what comes in each window at least
   * @param nanoTime a clock for durations
   */
  PacedBody(InputStream in, long bytesMin, Duration window, LongSupplier nanoTime) {
    this.in = in;
    this.bytesMin = bytesMin;
    this.window = window;
    this.nanoTime = nanoTime;
  }

  /** Whether any of it was read, or waited for. */
  boolean isAsked() {
    return state != State.UNTOUCHED;
  }

  /** Whether it was read to its end. */
  boolean isEnded() {
    return state == State.ENDED;
  }

  /** Whether it came too slowly, or broke off. */
  boolean isBroken() {
    return state == State.BROKEN;
  }

  /** How much of it was read. */
  long total() {
    return total;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    long before = nanoTime.getAsLong();
    // Until it is known that it has not.
    State found = State.BROKEN;
    try {
      state = State.ASKED;
      int count = in.read(bytes, offset, length);
      waitedNanos += nanoTime.getAsLong() - before;
      if (count > 0) {
        total += count;
        received += count;
        checkPace();
      }
      found = count < 0 ? State.ENDED : State.ASKED;
      return count;
    } finally {
      state = found;
    }
  }

  private void checkPace() {
    if (waitedNanos < window.toNanos()) {
      return;
    }
    if (received < bytesMin) {
      throw new Refusal(
          ErrorCode.REQUEST_TIMEOUT,
          "The body came too slowly: "
              + received
              + " bytes in "
              + Duration.ofNanos(waitedNanos).toSeconds()
              + " s of waiting, where "
              + bytesMin
              + " are the least.");
    }
    waitedNanos = 0;
    received = 0;
  }
}
