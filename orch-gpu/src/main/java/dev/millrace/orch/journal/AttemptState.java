package dev.millrace.orch.journal;

/** Where an attempt stands. */
public enum AttemptState {
  PLACED,
  STAGED,
  RUNNING,
  ENDED
}
