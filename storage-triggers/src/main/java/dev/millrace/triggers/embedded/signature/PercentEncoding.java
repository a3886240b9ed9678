package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Percent-encoding as Signature Version 4 wants it: every byte but {@code A-Z a-z 0-9 - . _ ~} is
 * {@code %XX} with upper-case digits; in paths the slash stays.
 */
public final class PercentEncoding {
  private static final String HEX = "0123456789ABCDEF";

  private PercentEncoding() {}

  /** Encodes one name or value; a slash is encoded too. */
  public static String encode(byte[] bytes) {
    return encode(bytes, false);
  }

  /** Encodes one name or value; a slash is encoded too. */
  public static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8), false);
  }

  /** Encodes a path: slashes stay as they are, however many there are. */
  public static String encodePath(byte[] bytes) {
    return encode(bytes, true);
  }

  /**
   * Decodes a raw path or query part to bytes. A character above ASCII, which a client should have
   * encoded, stands for its UTF-8 bytes.
   *
   * @param plusIsSpace whether {@code +} is a space, as in queries, or itself, as in paths
   */
  public static byte[] decode(String raw, boolean plusIsSpace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(raw.length());
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%') {
        out.write(byteAt(bytes, i, raw));
        i += 2;
      } else {
        out.write(plusIsSpace && bytes[i] == '+' ? ' ' : bytes[i]);
      }
    }
    return out.toByteArray();
  }

  /** The text of UTF-8 bytes; anything that is not UTF-8 is refused, not replaced. */
  public static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Refusal(ErrorCode.INVALID_URI, "The URI holds bytes that are not UTF-8.");
    }
  }

  private static int byteAt(byte[] bytes, int percent, String raw) {
    if (percent + 2 < bytes.length) {
      int high = Character.digit(bytes[percent + 1], 16);
      int low = Character.digit(bytes[percent + 2], 16);
      if (high >= 0 && low >= 0) {
        return high << 4 | low;
      }
    }
    throw new Refusal(ErrorCode.INVALID_URI, "Not a percent-encoded URI: " + raw);
  }

  private static String encode(byte[] bytes, boolean keepSlash) {
    StringBuilder out = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      char c = (char) (b & 0xff);
      if (isUnreserved(c) || (keepSlash && c == '/')) {
        out.append(c);
      } else {
        out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return out.toString();
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
