package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.CdiName;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/**
 * A device that is there though nothing on the host can be asked about it: it is named as a
 * container engine knows it, by the Container Device Interface.
 *
 * @param model what functions may ask for
 * @param memory that may be reserved
 * @param name for instance {@code nvidia.com/gpu=0} or {@code acme.com/gpu=0}
 */
public record Declared(AcceleratorKind kind, String model, MemoryMib memory, CdiName name)
    implements Discovery {
  public Declared {
    if (kind == AcceleratorKind.CPU) {
      throw new IllegalArgumentException("a host's CPU is not declared: " + name);
    }
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) {
    return List.of(
        new Accelerator(
            new AcceleratorId(provider + "/" + name.value().replace('=', ':')),
            provider,
            pool,
            kind,
            model,
            name.value(),
            memory,
            0,
            Enforcement.NONE,
            false));
  }
}
