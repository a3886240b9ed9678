package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Devices that are declared, not found: for trials. They are marked as such everywhere.
 *
 * @param count 0 to 10,000
 * @param model for instance {@code Simulated H100}
 * @param memory of each
 */
public record Simulated(AcceleratorKind kind, int count, String model, MemoryMib memory)
    implements Discovery {
  public Simulated {
    if (count < 0 || count > 10_000) {
      throw new IllegalArgumentException("simulated devices must be 0..10,000: " + count);
    }
  }

  /** That many GPUs. */
  public static Simulated gpus(int count, String model, MemoryMib memory) {
    return new Simulated(AcceleratorKind.GPU, count, model, memory);
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) {
    return IntStream.range(0, count).mapToObj(number -> device(provider, pool, number)).toList();
  }

  private Accelerator device(ProviderId provider, PoolId pool, int number) {
    String address = "SIM-" + kind + "-" + number;
    return new Accelerator(
        new AcceleratorId(provider + "/" + address),
        provider,
        pool,
        kind,
        model,
        address,
        memory,
        0,
        Enforcement.NONE,
        true);
  }
}
