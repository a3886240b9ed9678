package dev.millrace.orch.journal;

import java.util.Locale;

/** Where a job stands. */
public enum JobState {
  /** Admitted, or waiting for its next try. */
  WAITING(Kind.LIVE),
  /** Slices are reserved; its order is not yet staged. */
  PLACED(Kind.LIVE),
  /** Its order lies in the intermediate bucket. */
  STAGED(Kind.LIVE),
  /** A run has claimed the attempt. */
  RUNNING(Kind.LIVE),
  /** A run has succeeded; its result waits for its turn to be published. */
  PRODUCED(Kind.LIVE),
  /** The winning run is named; its files are being copied to their final keys. */
  PUBLISHING(Kind.LIVE),
  SUCCEEDED(Kind.TERMINAL),
  CANCELLED(Kind.TERMINAL),
  DISCARDED(Kind.TERMINAL),
  SUPERSEDED(Kind.TERMINAL),
  INPUT_GONE(Kind.TERMINAL),
  /** Tried as often as its rule says; left only by redrive or discard. */
  DEAD(Kind.RESTING),
  /** It can never fit, or is a loop; left only by redrive or discard. */
  REFUSED(Kind.RESTING);

  /** What may still happen in a state. */
  public enum Kind {
    LIVE,
    RESTING,
    TERMINAL
  }

  private final Kind kind;

  JobState(Kind kind) {
    this.kind = kind;
  }

  /** What may still happen. */
  public Kind kind() {
    return kind;
  }

  /** As people read it: {@code input-gone}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
