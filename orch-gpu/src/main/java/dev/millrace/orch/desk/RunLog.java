package dev.millrace.orch.desk;

import java.io.InputStream;

/** What there is of an attempt's log. */
public sealed interface RunLog {
  /** Its text, possibly empty; the caller closes it. */
  record Text(InputStream bytes) implements RunLog {}

  /** None, or none yet: there is no such attempt, or it has not handed one in. */
  record None() implements RunLog {}

  /**
   * There was one, and it is gone.
   *
   * @param reason a sentence
   */
  record Gone(String reason) implements RunLog {}
}
