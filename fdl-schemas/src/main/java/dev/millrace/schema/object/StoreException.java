package dev.millrace.schema.object;

import java.io.IOException;

/** A store did not do what it was asked. */
public final class StoreException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether asking again can help. */
  public enum Kind {
    /** Network, overload, 5xx: the outcome of a write is unknown. */
    RETRY,
    /** Refused: a missing bucket, a bad request. */
    GIVE_UP,
    /** Refused to whoever asked: a key that the store does not know, or that may not do this. */
    DENIED
  }

  private final Kind kind;

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Whether asking again can help. */
  public Kind kind() {
    return kind;
  }
}
