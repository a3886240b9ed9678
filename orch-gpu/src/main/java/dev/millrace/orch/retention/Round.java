package dev.millrace.orch.retention;

import java.time.Instant;
import java.util.List;

/**
 * What one round did.
 *
 * @param counted the time that it went by
 * @param logs jobs whose logs went
 * @param logBytes bytes of those logs, as far as their manifests tell
 * @param jobs jobs of which nothing is left but which they were and how they ended
 * @param objects how many objects were to be deleted
 * @param notices rows that went, with leases and entries
 * @param more there was more than a round takes
 * @param troubles why something stayed, one line each, without repetition
 */
public record Round(
    Instant at,
    Instant counted,
    long logs,
    long logBytes,
    long jobs,
    long objects,
    long notices,
    long leases,
    long entries,
    boolean more,
    List<String> troubles) {
  public Round {
    troubles = List.copyOf(troubles);
  }

  /** Whether anything went. */
  public boolean anything() {
    return logs + jobs + objects + notices + leases + entries > 0;
  }
}
