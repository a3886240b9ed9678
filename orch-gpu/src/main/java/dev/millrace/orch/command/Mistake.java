package dev.millrace.orch.command;

/** What was asked does not make sense, or did not work out; the message says what to do. */
final class Mistake extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private Mistake(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** The command line is wrong. */
  static Mistake usage(String message) {
    return new Mistake(Exit.USAGE, message);
  }

  /** It did not work out. */
  static Mistake failed(String message) {
    return new Mistake(Exit.FAILED, message);
  }

  /** There is no coordinator to ask. */
  static Mistake nobody(String message) {
    return new Mistake(Exit.NOBODY, message);
  }

  /** The token is missing or wrong. */
  static Mistake token(String message) {
    return new Mistake(Exit.TOKEN, message);
  }

  int exitCode() {
    return exitCode;
  }
}
