package dev.millrace.ledger.proof;

import dev.millrace.schema.sign.Hex;
import java.security.MessageDigest;

/**
 * The hashes of RFC 6962, 2.1: a leaf is {@code SHA-256(0x00 || entry)}, a node is {@code
 * SHA-256(0x01 || left || right)}.
 */
public final class TreeHash {
  /** Bytes of a hash. */
  public static final int SIZE = 32;

  private TreeHash() {}

  /** Root of the tree without leaves. */
  public static byte[] empty() {
    return Hex.sha256(new byte[0]);
  }

  /** Hash of a leaf. */
  public static byte[] leaf(byte[] entry) {
    MessageDigest digest = Hex.sha256();
    digest.update((byte) 0);
    return digest.digest(entry);
  }

  /** Hash of a node. */
  public static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = Hex.sha256();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }
}
