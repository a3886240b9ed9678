package dev.millrace.runtime.container;

import java.util.Map;

/**
 * A container in a listing.
 *
 * @param running whether its processes run
 */
public record ContainerSummary(String id, boolean running, Map<String, String> labels) {
  public ContainerSummary {
    labels = Map.copyOf(labels);
  }
}
