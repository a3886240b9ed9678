package dev.millrace.orch.secret;

import dev.millrace.orch.journal.Transition.KeepSecret;
import java.time.Instant;

/** What a file's value of a secret comes to, when the file is deployed. */
public sealed interface Giving {
  /** It is what is kept, and what the file gave before. */
  record Same() implements Giving {}

  /** There was none; this step keeps it. */
  record First(KeepSecret step) implements Giving {}

  /**
   * This step puts it over another value.
   *
   * @param byCommand whether that one did not come from a file
   * @param setAt when that one was set
   */
  record Put(KeepSecret step, boolean byCommand, Instant setAt) implements Giving {}

  /** It is what is kept, by command though: this step only remembers that the file says so too. */
  record Agreed(KeepSecret step) implements Giving {}

  /** The file says what it said before, and another value was set since: that one stays. */
  record Rotated(Instant setAt) implements Giving {}

  /** It cannot be kept; the reason says what to do. */
  record Not(String reason) implements Giving {}
}
