package dev.millrace.orch.retention;

import java.time.Instant;

/**
 * What would go now by some rules.
 *
 * @param wall what the machine's clock says
 * @param counted the time that removals go by: not after {@code wall}
 * @param open jobs whose removal is decided and not finished, a thousand at most
 */
public record Due(
    Rules rules,
    Instant wall,
    Instant counted,
    Logs logs,
    Jobs jobs,
    long notices,
    long leases,
    long entries,
    int open) {
  /**
   * Logs.
   *
   * @param jobs whose logs would go
   * @param looked at so many of them for what follows
   * @param logs that those left, or may have left
   * @param bytes of those, as far as their manifests tell
   */
  public record Logs(long jobs, long looked, long logs, long bytes) {}

  /**
   * Jobs that would be cut down to what they were.
   *
   * @param bytes of their attempts in the journal
   */
  public record Jobs(long jobs, long bytes) {}
}
