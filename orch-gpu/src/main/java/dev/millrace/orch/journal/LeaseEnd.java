package dev.millrace.orch.journal;

/** What becomes of a lease when its attempt ends. */
public sealed interface LeaseEnd {
  /** The run has stopped, or there never was one. */
  record Free() implements LeaseEnd {}

  /** The run may still be there. */
  record Quarantine(String reason) implements LeaseEnd {}
}
