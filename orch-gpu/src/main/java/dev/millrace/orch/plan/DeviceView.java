package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.MemoryMib;

/**
 * A device and what is taken of it. More reserved than there is (a device that shrank) reads as
 * full.
 *
 * @param reserved sum over the slices that are held or quarantined
 * @param reservedPercent sum of their compute, 0 or more
 * @param holders number of those slices
 * @param exclusive one of them has the device to itself
 * @param present the provider answers now; an absent device gets nothing, and counts as one that
 *     will come back
 */
public record DeviceView(
    Accelerator accelerator,
    MemoryMib reserved,
    int reservedPercent,
    int holders,
    boolean exclusive,
    boolean present) {
  public DeviceView {
    if (reservedPercent < 0) {
      throw new IllegalArgumentException(
          "reserved compute of " + accelerator.id() + " is negative: " + reservedPercent + " %");
    }
    if (holders < 0) {
      throw new IllegalArgumentException(
          "holders of " + accelerator.id() + " are negative: " + holders);
    }
  }

  /** A present device that nobody holds. */
  public static DeviceView idle(Accelerator accelerator) {
    return new DeviceView(accelerator, MemoryMib.ZERO, 0, 0, false, true);
  }
}
