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
  private final boolean silent;

  public StoreException(Kind kind, String message, Throwable cause) {
    this(kind, message, cause, false);
  }

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
    this.silent = false;
  }

  private StoreException(Kind kind, String message, Throwable cause, boolean silent) {
    super(message, cause);
    this.kind = kind;
    this.silent = silent;
  }

  /** No answer came: it cannot be reached, or says nothing. */
  public static StoreException silent(String message, Throwable cause) {
    return new StoreException(Kind.RETRY, message, cause, true);
  }

  /** Whether asking again can help. */
  public Kind kind() {
    return kind;
  }

  /** Whether no answer came, so that whoever asks for something else may wait in vain as well. */
  public boolean silent() {
    return silent;
  }
}
