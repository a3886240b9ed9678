package dev.millrace.ledger.log;

/**
 * Which entry an attempt has: open addressing in one array, 48 bytes an entry at most. Not safe for
 * threads.
 */
final class AttemptIndex {
  private static final int WORDS = 3;

  /** For each slot: high, low, index + 1; the last is 0 in a free slot. */
  private long[] slots = new long[WORDS * 1024];

  private long size;

  /** Index of the attempt's entry, -1 when it has none. */
  long find(AttemptKey key) {
    return slots[slot(slots, key) + 2] - 1;
  }

  /** Keeps the first index of a key. */
  void put(AttemptKey key, long index) {
    if (2 * size >= slots.length / WORDS) {
      grow();
    }
    int slot = slot(slots, key);
    if (slots[slot + 2] == 0) {
      fill(slots, slot, key.high(), key.low(), index + 1);
      size++;
    }
  }

  private void grow() {
    long[] larger = new long[Math.multiplyExact(slots.length, 2)];
    for (int i = 0; i < slots.length; i += WORDS) {
      if (slots[i + 2] != 0) {
        AttemptKey key = new AttemptKey(slots[i], slots[i + 1]);
        fill(larger, slot(larger, key), key.high(), key.low(), slots[i + 2]);
      }
    }
    slots = larger;
  }

  private static void fill(long[] slots, int slot, long high, long low, long value) {
    slots[slot] = high;
    slots[slot + 1] = low;
    slots[slot + 2] = value;
  }

  /** Where the key is, or the free slot where it belongs. */
  private static int slot(long[] slots, AttemptKey key) {
    int count = slots.length / WORDS;
    int place = (int) Long.remainderUnsigned(key.low(), count);
    while (true) {
      int slot = place * WORDS;
      if (slots[slot + 2] == 0 || (slots[slot] == key.high() && slots[slot + 1] == key.low())) {
        return slot;
      }
      place = place + 1 == count ? 0 : place + 1;
    }
  }
}
