package dev.millrace.orch.fleet;

import java.util.BitSet;

/**
 * Which numbers came already: those of the last thousand one by one, and all below as one (the
 * sliding window of RFC 4303, section 3.4.3). For one thread at a time.
 */
final class SeenNumbers {
  private static final int WIDTH = 1024;

  private final BitSet seen = new BitSet(WIDTH);
  private long highest = -1;

  /**
   * Takes a number.
   *
   * @return false when it came before, or is so old that nobody knows
   */
  boolean take(long number) {
    if (number > highest) {
      forget(number);
      highest = number;
    } else if (highest - number >= WIDTH || seen.get(place(number))) {
      return false;
    }
    seen.set(place(number));
    return true;
  }

  /** The places of what lies between belong to older numbers. */
  private void forget(long next) {
    // Neither difference nor sum here leaves what a long holds, whatever number comes.
    if (highest < 0 || next - WIDTH >= highest) {
      seen.clear();
      return;
    }
    for (long step = next - highest; step > 0; step--) {
      seen.clear(place(highest + step));
    }
  }

  private static int place(long number) {
    return (int) (number % WIDTH);
  }
}
