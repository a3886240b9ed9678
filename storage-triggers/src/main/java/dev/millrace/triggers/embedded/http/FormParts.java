package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a multipart/form-data body (RFC 7578), one after the other. This is the stream of
 * the current part's bytes, which ends with the part; no more than one buffer is ever held. Our own
 * since Jetty 12.1's parser adds a line feed to a part whose first byte comes in a buffer of its
 * own.
 */
final class FormParts extends InputStream {
  private static final int BUFFER_BYTES = 32 << 10;
  private static final int PARTS_MAX = 200;
  private static final int HEADERS_MAX_BYTES = 8 << 10;
  private static final Pattern BOUNDARY =
      Pattern.compile(
          ";\\s*boundary=(?:\"([^\"]{1,200})\"|([^\\s;\"]{1,200}))", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[;\\s]name=(?:\"([^\"]*)\"|([^\\s;\"]+))");
  private static final Pattern FILE_NAME =
      Pattern.compile("[;\\s]filename=(?:\"([^\"]*)\"|([^\\s;\"]+))");

  private final InputStream in;
  private final byte[] delimiter;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private int parts;
  private State state = State.BEFORE;

  /** Where in the body we are. */
  private enum State {
    BEFORE,
    IN_PART,
    BETWEEN,
    COMPLETE
  }

  private FormParts(InputStream in, String boundary) {
    this.in = in;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    // What is before the first line counts as a line of its own.
    buffer[0] = '\r';
    buffer[1] = '\n';
    limit = 2;
  }

  /** One part: the name of the field, and of the file where it is one. */
  record Part(String name, Optional<String> fileName) {}

  static boolean isForm(String contentType) {
    return contentType.strip().toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
  }

  /** The parts of a body with that Content-Type. */
  static FormParts of(InputStream in, String contentType) {
    Matcher matcher = BOUNDARY.matcher(contentType);
    if (!matcher.find()) {
      throw malformed("the Content-Type has no boundary");
    }
    return new FormParts(in, either(matcher));
  }

  /** The next part, when there is one; what was left of the one before is skipped. */
  Optional<Part> next() throws IOException {
    byte[] skipped = new byte[1024];
    if (state == State.BEFORE) {
      state = State.IN_PART;
    }
    while (state == State.IN_PART) {
      read(skipped, 0, skipped.length);
    }
    if (state == State.COMPLETE || endsHere()) {
      state = State.COMPLETE;
      return Optional.empty();
    }
    if (++parts > PARTS_MAX) {
      throw malformed("it has more than " + PARTS_MAX + " parts");
    }
    Part part = part(disposition());
    state = State.IN_PART;
    return Optional.of(part);
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
    while (state == State.IN_PART) {
      int end = delimiterAt();
      int certain = end >= 0 ? end - position : limit - position - delimiter.length + 1;
      if (certain > 0) {
        int count = Math.min(length, certain);
        System.arraycopy(buffer, position, bytes, offset, count);
        position += count;
        return count;
      }
      if (end >= 0) {
        position += delimiter.length;
        state = State.BETWEEN;
      } else {
        readMore();
      }
    }
    return -1;
  }

  private int delimiterAt() {
    for (int at = position; at <= limit - delimiter.length; at++) {
      if (buffer[at] == '\r'
          && Arrays.equals(buffer, at, at + delimiter.length, delimiter, 0, delimiter.length)) {
        return at;
      }
    }
    return -1;
  }

  private void readMore() throws IOException {
    System.arraycopy(buffer, position, buffer, 0, limit - position);
    limit -= position;
    position = 0;
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      throw malformed("it ends in the middle of a part");
    }
    limit += count;
  }

  /** Whether the boundary was the last one; otherwise its line is read to its end. */
  private boolean endsHere() throws IOException {
    String line = line(HEADERS_MAX_BYTES, true);
    if (line.equals("--")) {
      return true;
    }
    if (!line.isBlank()) {
      throw malformed("a boundary goes on after its end");
    }
    return false;
  }

  /** The header that names the part. */
  private String disposition() throws IOException {
    String found = "";
    int left = HEADERS_MAX_BYTES;
    for (String line = line(left, false); !line.isEmpty(); line = line(left, false)) {
      left -= line.length();
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw malformed("a header of a part is not name: value");
      }
      if (line.substring(0, colon).equalsIgnoreCase("content-disposition")) {
        found = line.substring(colon + 1).strip();
      }
    }
    return found;
  }

  /** One line without its CRLF; the two dashes of the last boundary need none. */
  private String line(int maxBytes, boolean ofBoundary) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte previous = 0;
    while (true) {
      while (position < limit) {
        byte next = buffer[position++];
        if (next == '\n' && previous == '\r') {
          byte[] bytes = line.toByteArray();
          return utf8(Arrays.copyOf(bytes, bytes.length - 1));
        }
        line.write(next);
        if (ofBoundary && line.size() == 2 && next == '-' && previous == '-') {
          return "--";
        }
        previous = next;
        if (line.size() > maxBytes) {
          throw malformed("the headers of a part have more than " + HEADERS_MAX_BYTES + " bytes");
        }
      }
      readMore();
    }
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw malformed("a header of a part is not UTF-8");
    }
  }

  private static Part part(String disposition) {
    Matcher name = NAME.matcher(disposition);
    if (!disposition.toLowerCase(Locale.ROOT).startsWith("form-data") || !name.find()) {
      throw malformed("a part has no name");
    }
    Matcher file = FILE_NAME.matcher(disposition);
    return new Part(
        either(name), file.find() ? Optional.of(lastName(either(file))) : Optional.empty());
  }

  /** Old browsers send the whole path of the user's file. */
  private static String lastName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }

  private static String either(Matcher matcher) {
    return Optional.ofNullable(matcher.group(1))
        .or(() -> Optional.ofNullable(matcher.group(2)))
        .orElse("");
  }

  static Refusal malformed(String reason) {
    return new Refusal(
        ErrorCode.MALFORMED_POST_REQUEST,
        "The body of your POST request is not well-formed multipart/form-data: " + reason + ".");
  }
}
