package dev.millrace.runtime.resident;

import java.util.Map;

/** What is in the frames. A side ignores fields that it does not know. */
final class Protocol {
  /** The version that is spoken here. */
  static final int VERSION = 1;

  /** The variable that tells a worker so. */
  static final String VARIABLE = "MILLRACE_WORKER";

  private Protocol() {}

  /**
   * A worker's first frame: it is ready.
   *
   * @param millrace the version of the protocol that it speaks
   */
  record Ready(int millrace) {}

  /**
   * A job for the worker.
   *
   * @param job comes back in the answer
   * @param input folder of the input file
   * @param output folder that is collected
   * @param tmp scratch space of this job
   * @param function folder of the files that ship with the function; the same for all jobs
   * @param timeoutSeconds after which the worker is killed
   * @param environment what a script would find
   */
  record Job(
      String job,
      String input,
      String output,
      String tmp,
      String function,
      long timeoutSeconds,
      Map<String, String> environment) {}

  /**
   * The worker's answer.
   *
   * @param exit as a script's exit code: 0 is success
   */
  record Done(String job, int exit) {}

  /** There are no more jobs: the worker shall end. */
  record Stop(boolean stop) {}
}
