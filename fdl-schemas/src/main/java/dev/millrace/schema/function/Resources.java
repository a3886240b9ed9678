package dev.millrace.schema.function;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;

/**
 * What a run may use.
 *
 * @param memory host memory
 * @param cpuMillis thousandths of a processor, 1 or more
 * @param accelerator the device; a function that names none takes a share of the host's CPU
 */
public record Resources(MemoryMib memory, int cpuMillis, AcceleratorRequest accelerator) {
  public Resources {
    if (cpuMillis < 1) {
      throw new IllegalArgumentException("cpu must be more than 0: " + cpuMillis + " millis");
    }
    if (memory.value() < 1) {
      throw new IllegalArgumentException("memory must be at least 1 MiB");
    }
  }
}
