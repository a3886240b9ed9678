package dev.millrace.orch.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The answers that come over one connection, read by as little work as there can be. */
final class HttpAnswers {
  private static final int BUFFER = 1 << 16;
  private static final String LENGTH = "content-length:";
  private static final String CODING = "transfer-encoding:";

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];
  private int from;
  private int to;

  HttpAnswers(InputStream in) {
    this.in = in;
  }

  /** The status of the next one, whose body is passed over. */
  int next() throws IOException {
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    long length = 0;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, LENGTH, 0, LENGTH.length())) {
        length = Long.parseLong(line.substring(LENGTH.length()).strip());
      }
      chunked |=
          line.regionMatches(true, 0, CODING, 0, CODING.length()) && line.endsWith("chunked");
    }
    skip(length);
    while (chunked) {
      int chunk = Integer.parseInt(line(), 16);
      skip(chunk + 2L);
      chunked = chunk > 0;
    }
    return status;
  }

  private String line() throws IOException {
    int end = from;
    while (end == to || buffer[end] != '\n') {
      if (end < to) {
        end++;
      } else {
        end -= from;
        fill();
        end += from;
      }
    }
    int length = end > from && buffer[end - 1] == '\r' ? end - 1 - from : end - from;
    String line = new String(buffer, from, length, StandardCharsets.ISO_8859_1);
    from = end + 1;
    return line;
  }

  /** Takes in more behind what is there, which comes to lie at the start. */
  private void fill() throws IOException {
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    int read = to < BUFFER ? in.read(buffer, to, BUFFER - to) : -1;
    if (read < 0) {
      throw new EOFException("the server hung up, or answered with a line of " + to + " bytes");
    }
    to += read;
  }

  private void skip(long bytes) throws IOException {
    int there = (int) Math.min(bytes, to - from);
    from += there;
    for (long left = bytes - there; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, BUFFER));
      if (read < 0) {
        throw new EOFException("the server hung up in the middle of a body");
      }
      left -= read;
    }
  }
}
