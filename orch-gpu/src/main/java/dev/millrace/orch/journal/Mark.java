package dev.millrace.orch.journal;

/** Times that retention goes by. */
public enum Mark {
  /** The time that it believes it is; it goes back where a clock was ahead and is mended. */
  CLOCK,
  /** Notices that were decided before are gone; it never goes back. */
  NOTICES
}
