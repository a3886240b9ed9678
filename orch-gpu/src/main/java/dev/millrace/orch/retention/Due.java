package dev.millrace.orch.retention;

import java.time.Instant;

/**
 * What is old enough by some rules, and how much of it goes now.
 *
 * @param wall what the machine's clock says
 * @param counted the time that removals go by: not after {@code wall}
 * @param standing whether the counted time stands still, until somebody trusts the clock
 * @param logs by the machine's clock, as are jobs, notices, leases and entries
 * @param ready how much of it goes now; the rest when the counted time has come so far
 * @param open jobs whose removal is decided and not finished, a thousand at most
 */
public record Due(
    Rules rules,
    Instant wall,
    Instant counted,
    boolean standing,
    Logs logs,
    Jobs jobs,
    long notices,
    long leases,
    long entries,
    Ready ready,
    int open) {
  /** Where counts stop: so many are this many, or more. */
  public static final int COUNTED_MAX = 20_001;

  /**
   * What goes now.
   *
   * @param logs jobs whose logs go
   * @param jobs that are cut down
   * @param rows notices, leases and entries
   */
  public record Ready(long logs, long jobs, long rows) {}

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
