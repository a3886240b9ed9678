package dev.millrace.orch.client;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * An answer's body that breaks off where nothing comes for a while; what the reader does between
 * may take its time. One thread reads; another may close it, which ends the reading.
 */
final class WatchedBody extends InputStream {
  private final InputStream body;
  private final Asked asked;
  private final Duration idle;
  private final Stalled.Watch watch;
  private long came;

  WatchedBody(InputStream body, Asked asked, Duration idle) {
    this.body = body;
    this.asked = asked;
    this.idle = idle;
    this.watch = new Stalled.Watch(idle, Ticker.system(), this::end);
    watch.pause();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int most) throws IOException {
    watch.moved();
    try {
      int got = body.read(to, from, most);
      came += Math.max(0, got);
      return got;
    } catch (IOException e) {
      throw new ApiFailure.Broken(
          asked,
          watch.hasStalled()
              ? "stopped after " + came + " bytes, and nothing came for " + Asked.seconds(idle)
              : "broke off after " + came + " bytes",
          e);
    } finally {
      watch.pause();
    }
  }

  private void end() {
    try {
      body.close();
    } catch (IOException e) {
      // It has ended, as it was to.
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
    body.close();
  }
}
