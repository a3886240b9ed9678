package dev.millrace.schema.sign;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Lower-case hex, and the digests that are written in it. */
public final class Hex {
  private Hex() {}

  /** Lower-case hex. */
  public static String of(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** A new SHA-256 digest. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** SHA-256 of bytes. */
  public static byte[] sha256(byte[] bytes) {
    return sha256().digest(bytes);
  }
}
