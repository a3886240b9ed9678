package dev.millrace.schema.sign;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Bytes with a type tag and a signature: stored, sent and hashed as they are, never serialised
 * again. What is signed is DSSE's pre-authentication encoding
 * (github.com/secure-systems-lab/dsse/blob/master/protocol.md): {@code DSSEv1 len(type) type
 * len(body) body}.
 *
 * @param type what the bytes are, for instance {@code millrace.order.v1}; signed with them
 * @param keyId which key signed: first 32 hex digits of SHA-256 over the public key
 */
@SuppressWarnings("ArrayRecordComponent")
public record SignedBytes(String type, byte[] bytes, String keyId, byte[] signature) {
  public SignedBytes {
    bytes = bytes.clone();
    signature = signature.clone();
  }

  /** What the signature is over. */
  public static byte[] preAuthentication(String type, byte[] bytes) {
    byte[] head =
        ("DSSEv1 "
                + type.getBytes(StandardCharsets.UTF_8).length
                + " "
                + type
                + " "
                + bytes.length
                + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, whole, head.length, bytes.length);
    return whole;
  }

  /** One line of text: {@code type keyId signature body}, the last two in base64url. */
  public String line() {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return type
        + " "
        + keyId
        + " "
        + encoder.encodeToString(signature)
        + " "
        + encoder.encodeToString(bytes);
  }

  /**
   * Reads {@link #line()}; trailing line ends are allowed, nothing else is. Base64 has several
   * spellings of the same bytes: only the one that {@link #line()} writes is taken, so that a text
   * with any bit turned is another one.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static SignedBytes parse(String line) {
    String[] parts = withoutEnds(line).split(" ", -1);
    if (parts.length != 4 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "signed bytes are one line of four words: type, key id, signature, body");
    }
    Base64.Decoder decoder = Base64.getUrlDecoder();
    SignedBytes signed =
        new SignedBytes(parts[0], decoder.decode(parts[3]), parts[1], decoder.decode(parts[2]));
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    if (!encoder.encodeToString(signed.bytes).equals(parts[3])
        || !encoder.encodeToString(signed.signature).equals(parts[2])) {
      throw new IllegalArgumentException("signature and body are not in the one base64url form");
    }
    return signed;
  }

  private static String withoutEnds(String line) {
    int end = line.length();
    while (end > 0 && (line.charAt(end - 1) == '\n' || line.charAt(end - 1) == '\r')) {
      end--;
    }
    return line.substring(0, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SignedBytes that
        && type.equals(that.type)
        && keyId.equals(that.keyId)
        && Arrays.equals(bytes, that.bytes)
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return type + " of " + bytes.length + " bytes by " + keyId;
  }
}
