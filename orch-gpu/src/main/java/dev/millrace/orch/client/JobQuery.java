package dev.millrace.orch.client;

import java.util.List;
import java.util.Optional;

/**
 * Which jobs to list, newest first.
 *
 * @param states labels; empty for all
 * @param cursor the page before's {@code next}
 * @param max rows, 1 to 1,000
 */
public record JobQuery(
    List<String> states, Optional<String> function, Optional<String> cursor, int max) {
  public JobQuery {
    states = List.copyOf(states);
  }

  /** All jobs. */
  public static JobQuery newest(int max) {
    return new JobQuery(List.of(), Optional.empty(), Optional.empty(), max);
  }

  /** The next page. */
  public JobQuery after(String next) {
    return new JobQuery(states, function, Optional.of(next), max);
  }
}
