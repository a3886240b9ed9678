package dev.millrace.runtime.resident;

import java.util.Map;

/**
 * A job for a worker, in its own view. The environment may hold secrets: never stored or logged.
 *
 * @param job comes back in the answer
 * @param input folder of the input file
 * @param output folder that is collected
 * @param tmp scratch space of this job
 * @param function folder of the files that ship with the function; the same for all jobs
 * @param timeoutSeconds after which the worker is killed
 * @param environment what a script would find
 */
public record Job(
    String job,
    String input,
    String output,
    String tmp,
    String function,
    long timeoutSeconds,
    Map<String, String> environment) {
  public Job {
    environment = Map.copyOf(environment);
  }

  @Override
  public String toString() {
    return "Job[" + job + "]";
  }
}
