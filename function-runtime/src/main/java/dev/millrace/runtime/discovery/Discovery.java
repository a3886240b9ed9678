package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/** Finds a host's devices. */
@FunctionalInterface
public interface Discovery {
  /**
   * What there is now; an empty list where this kind of device is not present.
   *
   * @throws DiscoveryProblem when devices may be there but cannot be told
   */
  List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem;
}
