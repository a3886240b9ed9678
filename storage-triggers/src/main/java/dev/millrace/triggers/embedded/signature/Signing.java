package dev.millrace.triggers.embedded.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The arithmetic of Signature Version 4. */
final class Signing {
  private Signing() {}

  static byte[] key(SecretKey secret, Scope scope) {
    byte[] seed = ("AWS4" + secret.value()).getBytes(StandardCharsets.UTF_8);
    byte[] date = hmac(seed, scope.date());
    byte[] region = hmac(date, scope.region());
    byte[] service = hmac(region, scope.service());
    return hmac(service, "aws4_request");
  }

  static String sign(byte[] key, String stringToSign) {
    return HexFormat.of().formatHex(hmac(key, stringToSign));
  }

  static String sha256Hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This JDK has no SHA-256", e);
    }
  }

  /** Compares in a time that does not tell where the difference is. */
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] hmac(String key, String text) {
    return hmac(key.getBytes(StandardCharsets.UTF_8), text);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no HmacSHA256", e);
    }
  }
}
