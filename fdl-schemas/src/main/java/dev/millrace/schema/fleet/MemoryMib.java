package dev.millrace.schema.fleet;

/**
 * An amount of memory.
 *
 * @param value MiB, 0 or more
 */
public record MemoryMib(long value) implements Comparable<MemoryMib> {
  /** None. */
  public static final MemoryMib ZERO = new MemoryMib(0);

  public MemoryMib {
    if (value < 0) {
      throw new IllegalArgumentException("memory is negative: " + value + " MiB");
    }
  }

  /** The sum of both. */
  public MemoryMib plus(MemoryMib other) {
    return new MemoryMib(Math.addExact(value, other.value));
  }

  /** What is left, never less than nothing. */
  public MemoryMib minus(MemoryMib other) {
    return new MemoryMib(Math.max(0, value - other.value));
  }

  @Override
  public int compareTo(MemoryMib other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return value + " MiB";
  }
}
