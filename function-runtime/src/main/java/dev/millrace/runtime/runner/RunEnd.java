package dev.millrace.runtime.runner;

import java.time.Instant;

/**
 * How and when a function ended.
 *
 * @param startedAt the host's wall clock
 * @param endedAt never before {@code startedAt}
 */
public record RunEnd(Ending ending, Instant startedAt, Instant endedAt) {
  public RunEnd {
    if (endedAt.isBefore(startedAt)) {
      endedAt = startedAt;
    }
  }

  /** How a function ended. */
  public sealed interface Ending {}

  /**
   * By itself.
   *
   * @param code 128 and the signal's number when a signal ended it
   */
  public record Exited(int code) implements Ending {}

  /** It ran longer than its limit and was stopped. */
  public record TimedOut() implements Ending {}

  /** It used more memory than its limit and was stopped. */
  public record OutOfMemory() implements Ending {}

  /**
   * It wrote more than it may and was stopped.
   *
   * @param reason for people: what, and the limit
   */
  public record OutOfDisk(String reason) implements Ending {}

  /** {@link RunningFunction#stop()} was called. */
  public record Stopped() implements Ending {}

  /** It is gone and nobody knows how it ended, for instance since the host restarted. */
  public record Lost(String reason) implements Ending {}
}
