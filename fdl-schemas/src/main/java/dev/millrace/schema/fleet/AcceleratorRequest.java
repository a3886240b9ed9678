package dev.millrace.schema.fleet;

import org.jspecify.annotations.Nullable;

/**
 * What a function asks of a device.
 *
 * @param count devices, 1 to 64, all of one provider
 * @param memory of each device
 * @param model text that the device's model must contain, ignoring case; null for any
 * @param computePercent share of each device's compute, 1 to 100
 * @param enforcement the weakest that is good enough
 */
public record AcceleratorRequest(
    AcceleratorKind kind,
    int count,
    MemoryMib memory,
    @Nullable String model,
    int computePercent,
    Sharing sharing,
    boolean remote,
    Enforcement enforcement) {
  public AcceleratorRequest {
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException("accelerator count must be 1..64: " + count);
    }
    if (computePercent < 1 || computePercent > 100) {
      throw new IllegalArgumentException("computePercent must be 1..100: " + computePercent);
    }
  }

  /** A share of a host's CPU: what a function without an accelerator takes. */
  public static AcceleratorRequest cpu(MemoryMib memory, int computePercent) {
    return new AcceleratorRequest(
        AcceleratorKind.CPU,
        1,
        memory,
        null,
        computePercent,
        Sharing.SHARED,
        false,
        Enforcement.NONE);
  }
}
