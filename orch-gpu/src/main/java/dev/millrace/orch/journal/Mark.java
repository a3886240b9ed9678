package dev.millrace.orch.journal;

/** Times that retention goes by. */
public enum Mark {
  /** The time that it believes it is. */
  CLOCK,
  /** Notices that were decided before are gone. */
  NOTICES
}
