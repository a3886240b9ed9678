package dev.millrace.orch.journal;

/** The database failed; whether a transition was committed is unknown. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JournalException(String message, Throwable cause) {
    super(message, cause);
  }
}
