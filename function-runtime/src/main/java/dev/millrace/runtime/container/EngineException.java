package dev.millrace.runtime.container;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What an engine did not do, with its own words. */
public final class EngineException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What can be made of a failure. */
  public enum Kind {
    /** Nobody answers on the socket, or the answer broke off: whether it was done is not known. */
    UNREACHABLE,
    /** There is no such container or image. */
    NOT_FOUND,
    /** Another container has the name, or the container is in the wrong state. */
    CONFLICT,
    /** The request is not acceptable; the same one never will be. */
    REFUSED,
    /** The engine failed at it. */
    FAILED
  }

  private final Kind kind;

  /** A failure with the engine's message. */
  public EngineException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What can be made of it. */
  public Kind kind() {
    return kind;
  }
}
