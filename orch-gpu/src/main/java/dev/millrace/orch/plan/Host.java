package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;

/** Where a job's devices must be together: one provider, one pool. */
record Host(ProviderId provider, PoolId pool) implements Comparable<Host> {
  static Host of(Accelerator accelerator) {
    return new Host(accelerator.provider(), accelerator.pool());
  }

  @Override
  public int compareTo(Host other) {
    int byProvider = provider.value().compareTo(other.provider.value());
    return byProvider != 0 ? byProvider : pool.value().compareTo(other.pool.value());
  }
}
