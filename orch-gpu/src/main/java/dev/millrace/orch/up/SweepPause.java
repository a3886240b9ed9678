package dev.millrace.orch.up;

import java.time.Duration;

/** When a bucket is swept again. */
final class SweepPause {
  /** A sweep takes at most one part in so many of the time, however many keys there are. */
  private static final int SHARE = 20;

  /** And still nothing waits longer than this for the next sweep, but for a longer interval. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  private SweepPause() {}

  /**
   * From the beginning of a sweep that was made to the next one.
   *
   * @param took how long it was
   */
  static Duration afterSweep(Duration interval, Duration took) {
    Duration share = took.multipliedBy(SHARE);
    Duration wanted = longer(interval, share);
    Duration allowed = longer(interval, took.plus(LONGEST));
    return wanted.compareTo(allowed) < 0 ? wanted : allowed;
  }

  /**
   * From the beginning of a sweep that failed to the next try: what it took was mostly waiting, and
   * says nothing of how much there is to list.
   *
   * @param took how long it was
   */
  static Duration afterFailure(Duration interval, Duration took) {
    return took.plus(interval);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}
