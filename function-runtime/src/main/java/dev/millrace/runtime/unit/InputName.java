package dev.millrace.runtime.unit;

import dev.millrace.schema.sign.Hex;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The name of the input file in a run's folder: the last segment of its key. A segment that is no
 * good file name is made one: empty, {@code .} and {@code ..} become {@code input}; control
 * characters, and what this host's file names cannot hold, become {@code _}; more than 200 bytes
 * are cut in front of the extension, with 16 hex digits of the key's SHA-256 put there.
 */
final class InputName {
  private static final int BYTES_MAX = 200;
  private static final int EXTENSION_MAX = 20;

  private InputName() {}

  static String of(String key) {
    String name = clean(key.substring(key.lastIndexOf('/') + 1));
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return "input";
    }
    return bytes(name) <= BYTES_MAX ? name : shortened(name, key);
  }

  private static String clean(String segment) {
    CharsetEncoder encoder =
        Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8")).newEncoder();
    StringBuilder out = new StringBuilder();
    segment
        .codePoints()
        .forEach(point -> {
          String text = Character.toString(point);
          boolean fine = !Character.isISOControl(point) && encoder.canEncode(text);
          out.append(fine ? text : "_");
        });
    return out.toString();
  }

  private static String shortened(String name, String key) {
    int dot = name.lastIndexOf('.');
    String extension =
        dot > 0 && bytes(name.substring(dot)) <= EXTENSION_MAX ? name.substring(dot) : "";
    String tag = "-" + Hex.of(Hex.sha256(key.getBytes(StandardCharsets.UTF_8))).substring(0, 16);
    StringBuilder stem = new StringBuilder();
    int room = BYTES_MAX - bytes(tag) - bytes(extension);
    for (int point : name.codePoints().toArray()) {
      String next = Character.toString(point);
      room -= bytes(next);
      if (room < 0) {
        break;
      }
      stem.append(next);
    }
    return stem + tag + extension;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
