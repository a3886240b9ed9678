package dev.millrace.schema.run;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Text that is only ever added to, up to a limit. Safe for many threads. */
public final class Printed {
  private static final int BEGINNING = 8192;

  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private byte[] bytes = new byte[0];
  private int size;

  /** None yet, and never more than so much. */
  public Printed(long bytesMax) {
    this.bytesMax = Math.clamp(bytesMax, 0, Integer.MAX_VALUE - BEGINNING);
  }

  /**
   * Adds the first bytes of an array.
   *
   * @return how many there was room for
   */
  public int add(byte[] more, int count) {
    lock.lock();
    try {
      int taken = (int) Math.min(count, bytesMax - size);
      if (size + taken > bytes.length) {
        long doubled = Math.max(BEGINNING, bytes.length * 2L);
        bytes = Arrays.copyOf(bytes, (int) Math.max(size + taken, Math.min(doubled, bytesMax)));
      }
      System.arraycopy(more, 0, bytes, size, taken);
      size += taken;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A part of it.
   *
   * @param from where it begins
   * @param most bytes; fewer come where there are not so many
   */
  public byte[] read(long from, int most) {
    lock.lock();
    try {
      int begin = (int) Math.clamp(from, 0, size);
      return Arrays.copyOfRange(bytes, begin, begin + Math.min(most, size - begin));
    } finally {
      lock.unlock();
    }
  }

  /** How much there is. */
  public long size() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is room for more. */
  public boolean full() {
    return size() >= bytesMax;
  }
}
