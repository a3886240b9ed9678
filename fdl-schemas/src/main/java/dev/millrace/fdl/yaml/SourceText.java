package dev.millrace.fdl.yaml;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.reader.StreamReader;

/** Bytes into characters: strict UTF-8, and nothing that YAML forbids. */
final class SourceText {
  static final int MAX_BYTES = 10 * 1024 * 1024;

  /** The scanner's time grows with the square of a line's length. */
  static final int MAX_LINE = 256 * 1024;

  private SourceText() {}

  /** The text without a byte order mark. */
  static String decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new Refused(
          Spot.START, "the file has " + bytes.length + " bytes or more; allowed are " + MAX_BYTES);
    }
    if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
      throw new Refused(Spot.START, "the file is UTF-16; save it as UTF-8");
    }
    int skip = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
    ByteBuffer in = ByteBuffer.wrap(bytes, skip, bytes.length - skip);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
      refuseForbidden(text);
      return text;
    } catch (CharacterCodingException e) {
      // The decoder leaves the buffer where the malformed bytes begin.
      String before = new String(bytes, skip, in.position() - skip, StandardCharsets.UTF_8);
      int bad = bytes[Math.min(in.position(), bytes.length - 1)] & 0xFF;
      throw new Refused(
          spotAt(before, before.length()),
          String.format("byte 0x%02X is not UTF-8; save the file as UTF-8", bad));
    }
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    if (bytes.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private static void refuseForbidden(String text) {
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      if (!StreamReader.isPrintable(point)) {
        throw new Refused(
            spotAt(text, i), String.format("character U+%04X is not allowed in YAML", point));
      }
      i += Character.charCount(point);
      start = point == '\n' || point == '\r' ? i : start;
      if (i - start > MAX_LINE) {
        throw new Refused(
            new Spot(spotAt(text, start).line(), 1),
            "the line is longer than " + MAX_LINE + " characters");
      }
    }
  }

  private static Spot spotAt(String text, int index) {
    int line = 1;
    int start = 0;
    for (int i = 0; i < index; i++) {
      char c = text.charAt(i);
      if (c == '\n' || (c == '\r' && !(i + 1 < text.length() && text.charAt(i + 1) == '\n'))) {
        line++;
        start = i + 1;
      }
    }
    return new Spot(line, text.codePointCount(start, index) + 1);
  }
}
