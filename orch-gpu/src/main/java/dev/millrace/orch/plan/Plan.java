package dev.millrace.orch.plan;

import java.util.List;

/**
 * What to do, in this order.
 *
 * @param decisions at most one a job
 * @param undecided jobs left over because the plan reached its most decisions: plan again
 */
public record Plan(List<Decision> decisions, int undecided) {
  public Plan {
    decisions = List.copyOf(decisions);
  }

  /** The jobs that start, in order. */
  public List<Decision.Start> starts() {
    return decisions.stream()
        .filter(Decision.Start.class::isInstance)
        .map(Decision.Start.class::cast)
        .toList();
  }
}
