package dev.millrace.orch.journal;

import java.util.List;

/**
 * A job and its attempts as they were at one moment.
 *
 * @param attempts first one first
 */
public record Course(Job job, List<Attempt> attempts) {
  /** Copies the list. */
  public Course {
    attempts = List.copyOf(attempts);
  }
}
