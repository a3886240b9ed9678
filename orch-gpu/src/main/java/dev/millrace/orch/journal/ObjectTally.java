package dev.millrace.orch.journal;

/**
 * How much the journal knows of an object.
 *
 * @param notices of it
 * @param jobs made of it
 * @param publications of jobs that wrote it
 */
public record ObjectTally(long notices, long jobs, long publications) {
  /** The largest of them. */
  public long most() {
    return Math.max(notices, Math.max(jobs, publications));
  }
}
