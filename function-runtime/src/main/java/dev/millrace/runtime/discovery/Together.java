package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Several discoveries as one: a problem of one is told and does not hide what the others find. A
 * device that two of them find is taken from the first.
 */
public final class Together implements Discovery {
  private final List<Discovery> parts;
  private final Consumer<DiscoveryProblem> problems;

  /**
   * @param problems told at each look that has one
   */
  public Together(List<Discovery> parts, Consumer<DiscoveryProblem> problems) {
    this.parts = List.copyOf(parts);
    this.problems = problems;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) {
    Map<String, Accelerator> found = new LinkedHashMap<>();
    for (Discovery part : parts) {
      try {
        part.find(provider, pool).forEach(each -> found.putIfAbsent(each.id().value(), each));
      } catch (DiscoveryProblem e) {
        problems.accept(e);
      }
    }
    return List.copyOf(found.values());
  }
}
