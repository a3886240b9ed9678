package dev.millrace.runtime.resident;

import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How runner and worker talk: the length in bytes as decimal digits, a line end, and that many
 * bytes of JSON. What the runner writes ends in a line end, which the length counts, so that a
 * shell can read it by lines.
 */
final class Frames {
  /** Of a frame that a worker writes: it has little to say. */
  static final int FRAME_MAX = 64 * 1024;

  private static final int DIGITS_MAX = 9;

  private Frames() {}

  /** A frame of the runner's. */
  static byte[] frame(Object value) {
    byte[] body = Json.bytes(value);
    return ((body.length + 1) + "\n" + new String(body, StandardCharsets.UTF_8) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads one frame.
   *
   * @return empty when the stream ends before it
   * @throws BadFrame when what comes is none
   */
  static Optional<byte[]> read(InputStream in) throws IOException {
    int length = 0;
    for (int digits = 0; ; digits++) {
      int next = in.read();
      if (next < 0 && digits == 0) {
        return Optional.empty();
      }
      if (next == '\n' && digits > 0) {
        break;
      }
      if (next < '0' || next > '9' || digits == DIGITS_MAX) {
        throw new BadFrame("a frame begins with its length in digits and a line end");
      }
      length = length * 10 + next - '0';
    }
    if (length > FRAME_MAX) {
      throw new BadFrame("a frame of " + length + " bytes; at most " + FRAME_MAX + " are taken");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new BadFrame("the stream ended within a frame of " + length + " bytes");
    }
    return Optional.of(body);
  }

  /** What came is no frame of the protocol. */
  static final class BadFrame extends IOException {
    private static final long serialVersionUID = 1L;

    BadFrame(String message) {
      super(message);
    }
  }
}
