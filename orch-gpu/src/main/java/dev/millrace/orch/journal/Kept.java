package dev.millrace.orch.journal;

/** What is kept of a job that has ended. */
public enum Kept {
  /** Which it was, how it ended and what it published. */
  IDENTITY,
  /** Everything but the logs of its attempts. */
  NO_LOGS,
  /** Everything. */
  ALL
}
