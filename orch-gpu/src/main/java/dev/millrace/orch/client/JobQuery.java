package dev.millrace.orch.client;

import dev.millrace.schema.id.JobId;
import java.util.List;
import java.util.Optional;

/**
 * Which jobs to list, newest first.
 *
 * @param states labels; empty for all
 * @param before the page before's {@code next}
 * @param max rows, 1 to 1,000
 */
public record JobQuery(
    List<String> states, Optional<String> function, Optional<JobId> before, int max) {
  public JobQuery {
    states = List.copyOf(states);
  }

  /** All jobs. */
  public static JobQuery newest(int max) {
    return new JobQuery(List.of(), Optional.empty(), Optional.empty(), max);
  }

  /** The next page. */
  public JobQuery after(JobId last) {
    return new JobQuery(states, function, Optional.of(last), max);
  }
}
