package dev.millrace.schema.id;

import java.util.Objects;

/**
 * One numbered try of a job.
 *
 * @param number 1 for the first try
 */
public record AttemptId(JobId job, int number) {
  public AttemptId {
    Objects.requireNonNull(job, "job");
    if (number < 1) {
      throw new IllegalArgumentException("attempt number must be 1 or more: " + number);
    }
  }

  @Override
  public String toString() {
    return job + "/" + number;
  }
}
