package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/**
 * Several ways to find the same devices, the best first: the first that finds some, or says why it
 * cannot, is believed.
 */
public final class FirstOf implements Discovery {
  private final List<Discovery> ways;

  /** Asks in this order. */
  public FirstOf(List<Discovery> ways) {
    this.ways = List.copyOf(ways);
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    for (Discovery way : ways) {
      List<Accelerator> found = way.find(provider, pool);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }
}
