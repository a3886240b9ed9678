package dev.millrace.orch.journal;

/** What a lease does to its slices; a free lease holds nothing. */
public enum LeaseState {
  HELD,
  /** Its job has moved on, but the run may still use the device. */
  QUARANTINED,
  FREE
}
