package dev.millrace.ledger.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An append-only RFC 6962 tree in memory that answers roots and proofs for every size it ever had.
 * It keeps the leaves' hashes and, from the fourth level up, those of full subtrees: 36 bytes a
 * leaf. Not safe for threads.
 */
public final class HashTree {
  private static final int FIRST_KEPT = 4;

  private final List<HashList> levels = new ArrayList<>(List.of(new HashList()));

  /** Number of leaves. */
  public long size() {
    return levels.getFirst().size();
  }

  /** Adds a leaf by its hash. */
  public void add(byte[] leafHash) {
    levels.getFirst().add(leafHash);
    long size = size();
    for (int level = FIRST_KEPT; size % (1L << level) == 0; level++) {
      listAt(level).add(node(level, (size >> level) - 1, false));
    }
  }

  /** Hash of a leaf. */
  public byte[] leaf(long index) {
    Objects.checkIndex(index, size());
    return levels.getFirst().get(index);
  }

  /** Root over the first leaves. */
  public byte[] root(long size) {
    Objects.checkIndex(size, size() + 1);
    return size == 0 ? TreeHash.empty() : range(0, size);
  }

  /**
   * Audit path of RFC 6962, 2.1.1.
   *
   * @param index of the leaf
   * @param size of the tree that the path leads to the root of
   */
  public List<byte[]> inclusion(long index, long size) {
    Objects.checkIndex(index, size);
    Objects.checkIndex(size, size() + 1);
    List<byte[]> path = new ArrayList<>();
    long start = 0;
    long end = size;
    while (end - start > 1) {
      long middle = start + split(end - start);
      if (index < middle) {
        path.addFirst(range(middle, end));
        end = middle;
      } else {
        path.addFirst(range(start, middle));
        start = middle;
      }
    }
    return path;
  }

  /**
   * Consistency proof of RFC 6962, 2.1.2: that the tree of the first size is the start of the
   * second. Empty when the first is empty or both are equal.
   */
  public List<byte[]> consistency(long first, long second) {
    Objects.checkIndex(first, second + 1);
    Objects.checkIndex(second, size() + 1);
    List<byte[]> path = new ArrayList<>();
    if (first == 0 || first == second) {
      return path;
    }
    long start = 0;
    long end = second;
    while (first != end) {
      long middle = start + split(end - start);
      if (first <= middle) {
        path.addFirst(range(middle, end));
        end = middle;
      } else {
        path.addFirst(range(start, middle));
        start = middle;
      }
    }
    if (start > 0) {
      path.addFirst(range(start, end));
    }
    return path;
  }

  /** Largest power of two below n. */
  private static long split(long n) {
    return Long.highestOneBit(n - 1);
  }

  private byte[] range(long start, long end) {
    long count = end - start;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return node(level, start >> level, true);
    }
    long middle = start + split(count);
    return TreeHash.node(range(start, middle), range(middle, end));
  }

  private byte[] node(int level, long index, boolean kept) {
    if (level == 0 || (kept && level >= FIRST_KEPT)) {
      return listAt(level).get(index);
    }
    return TreeHash.node(node(level - 1, 2 * index, true), node(level - 1, 2 * index + 1, true));
  }

  private HashList listAt(int level) {
    int place = level == 0 ? 0 : level - FIRST_KEPT + 1;
    while (levels.size() <= place) {
      levels.add(new HashList());
    }
    return levels.get(place);
  }
}
