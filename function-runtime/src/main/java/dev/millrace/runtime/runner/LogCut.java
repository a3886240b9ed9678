package dev.millrace.runtime.runner;

/**
 * Where a log that is too long is cut, which every runner does alike: whoever masks secrets has to
 * know where half of one may stand.
 *
 * @param headBytes kept from the beginning
 * @param tailBytes kept from the end
 */
public record LogCut(long headBytes, long tailBytes) {
  /** Stands between head and tail. */
  public static final String MIDDLE = "\n[the middle of the log was left out]\n";

  /** Stands before a tail without a head. */
  public static final String BEGINNING =
      "[the beginning of the log was left out: the engine does not keep so much]\n";

  /** Splits a limit in two halves, the line between them included. */
  public static LogCut within(long maxBytes) {
    long usable = Math.max(0, maxBytes - MIDDLE.length());
    return new LogCut(usable - usable / 2, usable / 2);
  }
}
