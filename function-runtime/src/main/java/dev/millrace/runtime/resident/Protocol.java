package dev.millrace.runtime.resident;

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
   * The worker's answer.
   *
   * @param exit as a script's exit code: 0 is success
   */
  record Done(String job, int exit) {}

  /** There are no more jobs: the worker shall end. */
  record Stop(boolean stop) {}
}
