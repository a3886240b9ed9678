package dev.millrace.triggers.embedded.signature;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The arithmetic of Signature Versions 4 and 2. */
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

  /** The signature of version 2; the characters of the text are its bytes. */
  static String signVersion2(SecretKey secret, String stringToSign) {
    byte[] key = secret.value().getBytes(StandardCharsets.UTF_8);
    byte[] text = stringToSign.getBytes(StandardCharsets.ISO_8859_1);
    return Base64.getEncoder().encodeToString(hmac("HmacSHA1", key, text));
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
    return hmac("HmacSHA256", key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hmac(String algorithm, byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no " + algorithm, e);
    }
  }
}
