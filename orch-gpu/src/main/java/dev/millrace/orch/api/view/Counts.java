package dev.millrace.orch.api.view;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many jobs are in each state, by label, in the order of a job's way. */
public record Counts(Map<String, Long> states) {
  public Counts {
    states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
  }
}
