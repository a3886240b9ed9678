package dev.millrace.orch.command;

/** Exit codes, the same for all commands. */
public final class Exit {
  /** Done. */
  public static final int OK = 0;

  /** What was asked for failed or is not there. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** No coordinator answers, or something that is none. */
  public static final int NOBODY = 3;

  /** The token is missing, wrong, or of a role that may not do this. */
  public static final int TOKEN = 4;

  private Exit() {}
}
