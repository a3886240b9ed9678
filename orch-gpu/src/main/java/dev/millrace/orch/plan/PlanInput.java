package dev.millrace.orch.plan;

import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that a plan depends on.
 *
 * @param queue waiting jobs, each once, in any order
 * @param usage of tenants that use something or have a weight of their own
 */
public record PlanInput(
    List<WaitingJob> queue,
    Map<TenantId, TenantUsage> usage,
    FleetView fleet,
    Policy policy,
    Instant now) {
  public PlanInput {
    queue = List.copyOf(queue);
    usage = Map.copyOf(usage);
    Set<JobId> ids = HashSet.newHashSet(queue.size());
    for (WaitingJob job : queue) {
      if (!ids.add(job.id())) {
        throw new IllegalArgumentException("job " + job.id() + " is queued twice");
      }
    }
  }
}
