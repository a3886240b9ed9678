package dev.millrace.orch.journal;

import java.time.Instant;

/** What becomes of a job when its attempt ends. */
public sealed interface Next {
  /** The result waits for its turn to be published. */
  record Produced() implements Next {}

  /**
   * Another try.
   *
   * @param failure whether this one counts against the retry rule; a loss does not
   */
  record Retry(Instant notBefore, boolean failure, String reason) implements Next {}

  /** The end, or rest. */
  record Ended(JobState state, String reason) implements Next {
    public Ended {
      if (state.kind() == JobState.Kind.LIVE) {
        throw new IllegalArgumentException(state + " is no end");
      }
    }
  }
}
