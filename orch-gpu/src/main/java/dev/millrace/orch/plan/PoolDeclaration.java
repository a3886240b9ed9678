package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import java.util.List;

/** What a pool says that it can have. */
public sealed interface PoolDeclaration {
  /** Which pool. */
  PoolId pool();

  /**
   * The pool can have these beside the devices that the fleet lists: absent ones, and ones that it
   * would add on demand.
   *
   * @param accelerators one entry a device; all of this pool
   */
  record Declared(PoolId pool, List<Accelerator> accelerators) implements PoolDeclaration {
    public Declared {
      accelerators = List.copyOf(accelerators);
      for (Accelerator accelerator : accelerators) {
        if (!accelerator.pool().equals(pool)) {
          throw new IllegalArgumentException(
              accelerator.id() + " is of pool " + accelerator.pool() + ", declared for " + pool);
        }
      }
    }
  }

  /** Nobody knows what may still come: jobs wait a stated time before they are refused. */
  record Undeclared(PoolId pool) implements PoolDeclaration {}
}
