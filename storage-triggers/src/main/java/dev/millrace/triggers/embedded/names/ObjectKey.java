package dev.millrace.triggers.embedded.names;

import java.nio.charset.StandardCharsets;

/** Keys as bytes: their order is that of their UTF-8 form. */
final class ObjectKey {
  private ObjectKey() {}

  static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  /**
   * The smallest byte string that is greater than all that begin with the prefix. A prefix of UTF-8
   * text has no 0xFF byte; an empty one has no successor, and 0xFF stands for the end.
   */
  static byte[] successor(byte[] prefix) {
    if (prefix.length == 0) {
      return new byte[] {(byte) 0xff};
    }
    byte[] next = prefix.clone();
    next[next.length - 1]++;
    return next;
  }

  static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
