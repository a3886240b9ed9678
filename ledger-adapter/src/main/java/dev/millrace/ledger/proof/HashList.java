package dev.millrace.ledger.proof;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Hashes side by side in blocks: no object for each, and no copy when the list grows. */
final class HashList {
  private static final int BLOCK = 1024;

  private final List<byte[]> blocks = new ArrayList<>();
  private long size;

  long size() {
    return size;
  }

  void add(byte[] hash) {
    if (hash.length != TreeHash.SIZE) {
      throw new IllegalArgumentException("a hash has 32 bytes, found " + hash.length);
    }
    if (size == (long) blocks.size() * BLOCK) {
      blocks.add(new byte[BLOCK * TreeHash.SIZE]);
    }
    System.arraycopy(hash, 0, blocks.getLast(), place(size), TreeHash.SIZE);
    size++;
  }

  byte[] get(long index) {
    int place = place(index);
    return Arrays.copyOfRange(blocks.get((int) (index / BLOCK)), place, place + TreeHash.SIZE);
  }

  private static int place(long index) {
    return (int) (index % BLOCK) * TreeHash.SIZE;
  }
}
