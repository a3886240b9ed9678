package dev.millrace.schema.fleet;

import dev.millrace.schema.id.AcceleratorId;

/**
 * A share of one accelerator.
 *
 * @param computePercent 1 to 100
 */
public record Slice(AcceleratorId accelerator, MemoryMib memory, int computePercent) {
  public Slice {
    if (computePercent < 1 || computePercent > 100) {
      throw new IllegalArgumentException("computePercent must be 1..100: " + computePercent);
    }
  }
}
