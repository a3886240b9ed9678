package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.MemoryMib;
import java.time.Duration;

/**
 * How the fleet is given out.
 *
 * @param starvationThreshold a job that waited longer goes before all that did not, and keeps room
 *     free until it fits
 * @param undeclaredWait how long a job that fits nothing known waits for what an undeclared pool
 *     may bring
 * @param contextCharge added to the device memory of each slice of a GPU: what the driver's context
 *     takes
 * @param decisionsMax starts and refusals of one plan, 1 or more; waits are not counted
 */
public record Policy(
    Duration starvationThreshold,
    Duration undeclaredWait,
    Strategy strategy,
    MemoryMib contextCharge,
    int decisionsMax) {
  public Policy {
    if (starvationThreshold.isNegative()) {
      throw new IllegalArgumentException("starvationThreshold is negative: " + starvationThreshold);
    }
    if (undeclaredWait.isNegative()) {
      throw new IllegalArgumentException("undeclaredWait is negative: " + undeclaredWait);
    }
    if (decisionsMax < 1) {
      throw new IllegalArgumentException("decisionsMax must be 1 or more: " + decisionsMax);
    }
  }

  /** Best fit, five minutes until a job is starved, one until an undeclared pool refuses. */
  public static Policy defaults() {
    return new Policy(
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Strategy.BEST_FIT,
        MemoryMib.ZERO,
        Integer.MAX_VALUE);
  }
}
