package dev.millrace.orch.retention;

import java.util.Optional;

/** What is asked of retention. Blocking; safe for many threads. */
public interface RetentionDesk {
  /** The rules of the configuration. */
  Rules rules();

  /** The last round of this process; empty before there was one. */
  Optional<Round> last();

  /** What would go now by these rules, which need not be those of the configuration. */
  Due due(Rules asked);

  /**
   * Makes a round of some seconds now.
   *
   * @param trustClock somebody has looked: what the machine's clock says is the time
   */
  Asked run(boolean trustClock) throws InterruptedException;

  /** What came of asking for a round. */
  sealed interface Asked {
    /** It was made. */
    record Done(Round round) implements Asked {}

    /** The configuration removes nothing. */
    record Off() implements Asked {}

    /** Another one is under way. */
    record Busy() implements Asked {}
  }
}
