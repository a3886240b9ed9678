package dev.millrace.triggers.embedded.refusal;

/**
 * A request that the store does not carry out. Thrown from wherever in the depth of a body or a
 * document the reason is found; the HTTP handler alone catches it and answers the error document.
 */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** A refusal with a message for the person who reads it; it never holds a secret. */
  public Refusal(ErrorCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** The S3 code of the refusal. */
  public ErrorCode code() {
    return code;
  }
}
