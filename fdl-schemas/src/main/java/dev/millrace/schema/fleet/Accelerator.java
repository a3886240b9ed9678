package dev.millrace.schema.fleet;

import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;

/**
 * One device of a provider, as its discovery found it.
 *
 * @param model for instance {@code NVIDIA H100 80GB HBM3}
 * @param address what a run is told to use, for instance the GPU's UUID
 * @param memory what may be reserved: the total without what the driver keeps; for a CPU the host's
 *     memory
 * @param cores processors of a CPU, 0 for other kinds
 * @param enforcement the strongest limit that the host can put on a slice
 * @param simulated declared for trials; marked everywhere, never billed
 */
public record Accelerator(
    AcceleratorId id,
    ProviderId provider,
    PoolId pool,
    AcceleratorKind kind,
    String model,
    String address,
    MemoryMib memory,
    int cores,
    Enforcement enforcement,
    boolean simulated) {
  public Accelerator {
    if (memory.value() < 1) {
      throw new IllegalArgumentException("accelerator " + id + " has no memory to reserve");
    }
  }
}
