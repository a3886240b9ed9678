package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * What a client has still to send of its body when its request is answered. Many read no answer
 * before they have sent all; a connection that is closed under them breaks their sending, and takes
 * an answer with it that they have not read yet (RFC 9112, 9.6). So the rest is read and thrown
 * away, behind the answer: a small one to its end, so that the connection goes on; of a large one
 * as much as is worth it, and the answer says that the connection ends. Whoever was to wait for a
 * {@code 100 Continue} that never came has nothing to send.
 *
 * <p>That takes at most the time of one window of a slow body, and the silence that a connection
 * may keep beyond it.
 */
final class Leftover {
  /** So much is read for the sake of the connection. */
  static final long SMALL_MAX_BYTES = 1 << 20;

  /** So much is read for the sake of the answer: what clients send as one part of an upload. */
  static final long READ_MAX_BYTES = 32 << 20;

  private static final Logger LOG = System.getLogger(Leftover.class.getName());
  private static final long UNKNOWN = Long.MAX_VALUE;

  private final Request request;
  private final PacedBody body;
  private final Duration within;
  private final LongSupplier nanoTime;

  /**
   * Of that body.
   *
   * @param within what all of the rest has of time
   */
  Leftover(Request request, PacedBody body, Duration within, LongSupplier nanoTime) {
    this.request = request;
    this.body = body;
    this.within = within;
    this.nanoTime = nanoTime;
  }

  /** Whether the connection ends with the answer: asked before that is sent. */
  boolean endsConnection() {
    long left = left();
    return body.isBroken() || left > SMALL_MAX_BYTES && left != UNKNOWN;
  }

  /** Reads it, once the answer is sent; when that fails, the answer stays what it is. */
  void discard() {
    if (left() == 0) {
      return;
    }
    byte[] buffer = new byte[32 << 10];
    long began = nanoTime.getAsLong();
    long most = body.total() + READ_MAX_BYTES;
    try {
      while (left() > 0 && body.total() < most && nanoTime.getAsLong() - began < within.toNanos()) {
        int unused = body.read(buffer);
      }
    } catch (IOException | Refusal e) {
      LOG.log(Logger.Level.DEBUG, "The rest of an answered request did not come", e);
    }
  }

  private long left() {
    HttpFields headers = request.getHeaders();
    boolean uninvited = !body.isAsked() && headers.contains(HttpHeader.EXPECT, "100-continue");
    if (uninvited || body.isBroken() || body.isEnded()) {
      return 0;
    }
    long announced = headers.getLongField(HttpHeader.CONTENT_LENGTH);
    if (announced >= 0) {
      return announced - body.total();
    }
    return headers.contains(HttpHeader.TRANSFER_ENCODING) ? UNKNOWN : 0;
  }
}
