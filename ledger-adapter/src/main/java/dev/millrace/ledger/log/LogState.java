package dev.millrace.ledger.log;

import dev.millrace.ledger.proof.HashTree;
import java.util.Arrays;
import java.util.List;

/** What is known of the durable entries: their hashes, places and attempts. Safe for threads. */
final class LogState {
  private final HashTree tree = new HashTree();
  private final AttemptIndex attempts = new AttemptIndex();
  private long[] ends = new long[1024];

  /** Where an entry's frame lies, and the hash that its bytes must have. */
  @SuppressWarnings("ArrayRecordComponent")
  record Place(long index, long start, long end, byte[] leafHash) {}

  synchronized void add(byte[] leafHash, long end, AttemptKey key) {
    int index = Math.toIntExact(tree.size());
    if (index == ends.length) {
      ends = Arrays.copyOf(ends, Math.multiplyExact(ends.length, 2));
    }
    ends[index] = end;
    tree.add(leafHash);
    attempts.put(key, index);
  }

  synchronized long size() {
    return tree.size();
  }

  /** Where the last frame ends. */
  synchronized long end() {
    return endOf(tree.size() - 1);
  }

  synchronized long find(AttemptKey key) {
    return attempts.find(key);
  }

  synchronized Place place(long index) {
    return new Place(index, endOf(index - 1), endOf(index), tree.leaf(index));
  }

  synchronized byte[] root(long size) {
    return tree.root(size);
  }

  synchronized List<byte[]> inclusion(long index, long size) {
    return tree.inclusion(index, size);
  }

  synchronized List<byte[]> consistency(long first, long second) {
    return tree.consistency(first, second);
  }

  private long endOf(long index) {
    return index < 0 ? Frames.FIRST_LINE.length : ends[(int) index];
  }
}
