package dev.millrace.ledger.proof;

import java.security.MessageDigest;
import java.util.List;

/** Verifies proofs with nothing but themselves (RFC 9162, 2.1.3.2 and 2.1.4.2). */
public final class Proofs {
  private Proofs() {}

  /**
   * Whether a leaf is in a tree.
   *
   * @param path from the leaf up
   */
  public static boolean verifyInclusion(
      long index, long size, byte[] leafHash, List<byte[]> path, byte[] root) {
    if (index < 0 || index >= size) {
      return false;
    }
    long fn = index;
    long sn = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : path) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        hash = TreeHash.node(sibling, hash);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>= 1;
          sn >>= 1;
        }
      } else {
        hash = TreeHash.node(hash, sibling);
      }
      fn >>= 1;
      sn >>= 1;
    }
    return sn == 0 && MessageDigest.isEqual(hash, root);
  }

  /** Whether the tree of the first size and root is the start of the second. */
  public static boolean verifyConsistency(
      long first, byte[] firstRoot, long second, byte[] secondRoot, List<byte[]> path) {
    if (first < 0 || first > second) {
      return false;
    }
    if (first == second) {
      return path.isEmpty() && MessageDigest.isEqual(firstRoot, secondRoot);
    }
    if (first == 0) {
      return path.isEmpty() && MessageDigest.isEqual(firstRoot, TreeHash.empty());
    }
    if (path.isEmpty()) {
      return false;
    }
    boolean whole = Long.bitCount(first) == 1;
    byte[] seed = whole ? firstRoot : path.getFirst();
    return climb(
        first, firstRoot, second, secondRoot, seed, whole ? path : path.subList(1, path.size()));
  }

  private static boolean climb(
      long first,
      byte[] firstRoot,
      long second,
      byte[] secondRoot,
      byte[] seed,
      List<byte[]> rest) {
    long fn = first - 1;
    long sn = second - 1;
    while ((fn & 1) == 1) {
      fn >>= 1;
      sn >>= 1;
    }
    byte[] old = seed;
    byte[] now = seed;
    for (byte[] hash : rest) {
      if (sn == 0) {
        return false;
      }
      if ((fn & 1) == 1 || fn == sn) {
        old = TreeHash.node(hash, old);
        now = TreeHash.node(hash, now);
        while ((fn & 1) == 0 && fn != 0) {
          fn >>= 1;
          sn >>= 1;
        }
      } else {
        now = TreeHash.node(now, hash);
      }
      fn >>= 1;
      sn >>= 1;
    }
    return sn == 0
        && MessageDigest.isEqual(old, firstRoot)
        && MessageDigest.isEqual(now, secondRoot);
  }
}
