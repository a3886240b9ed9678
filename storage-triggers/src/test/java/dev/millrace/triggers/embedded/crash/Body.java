package dev.millrace.triggers.embedded.crash;

import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;

/** Bytes that a seed makes again, so that none are kept. */
record Body(long seed, int size) {

  byte[] bytes() {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  String sha256() {
    return sha256(bytes());
  }

  static String sha256(byte[] bytes) {
    return digest("SHA-256", bytes);
  }

  static String md5(byte[] bytes) {
    return digest("MD5", bytes);
  }

  private static String digest(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The bytes as a stream that says when the last of them was taken. */
  static InputStream telling(byte[] bytes, Runnable taken) {
    return new InputStream() {
      private int at;

      @Override
      public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) {
        if (at == bytes.length) {
          return -1;
        }
        int count = Math.min(Math.min(length, 16 << 10), bytes.length - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        if (at == bytes.length) {
          taken.run();
        }
        return count;
      }
    };
  }
}
