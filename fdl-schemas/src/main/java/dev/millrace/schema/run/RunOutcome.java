package dev.millrace.schema.run;

import java.util.Locale;

/** How a run ended. */
public sealed interface RunOutcome {
  /** Exit code 0, all outputs uploaded. */
  record Succeeded() implements RunOutcome {}

  /** The function ended with another exit code. */
  record Failed(int exitCode) implements RunOutcome {}

  /** It ran longer than its limit and was stopped. */
  record TimedOut() implements RunOutcome {}

  /** It used more memory than its limit and was stopped. */
  record OutOfMemory() implements RunOutcome {}

  /** The object is there in another version than was admitted. */
  record InputSuperseded() implements RunOutcome {}

  /** The object is not there any more. */
  record InputGone() implements RunOutcome {}

  /**
   * The function did not start, or its results could not be taken.
   *
   * @param reason for people
   * @param retryable whether another try can help
   */
  record Broken(String reason, boolean retryable) implements RunOutcome {}

  /** The coordinator said stop: cancelled, or the token is stale. */
  record Stopped(String reason) implements RunOutcome {}

  /** The name in receipts, events and listings: {@code succeeded}, {@code timed-out}... */
  default String label() {
    return getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
