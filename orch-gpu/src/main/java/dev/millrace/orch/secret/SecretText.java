package dev.millrace.orch.secret;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What a secret may be: text that an environment variable can hold. */
public final class SecretText {
  /** Bytes in UTF-8. */
  public static final int BYTES_MAX = 64 << 10;

  private SecretText() {}

  /** What is wrong with a value, which is not repeated; empty where it will do. */
  public static Optional<String> refusal(String value) {
    if (value.isEmpty()) {
      return Optional.of("the value is empty: a secret has 1 byte or more");
    }
    if (value.indexOf('\0') >= 0) {
      return Optional.of(
          "the value has a NUL, which no environment variable can hold: encode it, in base64 for"
              + " instance");
    }
    if (value.length() > BYTES_MAX || value.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      return Optional.of(
          "the value has more than 64 KiB, which is what an environment variable may hold here");
    }
    return StandardCharsets.UTF_8.newEncoder().canEncode(value)
        ? Optional.empty()
        : Optional.of(notText());
  }

  /**
   * A value as a file has it: where the only line feed is its last byte, it is not part of it.
   *
   * @throws CharacterCodingException when it is no UTF-8
   */
  public static String of(byte[] bytes) throws CharacterCodingException {
    CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    String value = text.toString();
    int end = value.indexOf('\n');
    if (end < 0 || end != value.length() - 1) {
      return value;
    }
    return value.endsWith("\r\n") ? value.substring(0, end - 1) : value.substring(0, end);
  }

  /** Said of bytes that are no text. */
  public static String notText() {
    return "the value is not UTF-8 text: encode it, in base64 for instance";
  }
}
