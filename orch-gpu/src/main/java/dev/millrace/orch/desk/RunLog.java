package dev.millrace.orch.desk;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.Printed;
import java.io.InputStream;

/** What there is of an attempt's log. */
public sealed interface RunLog {
  /** Its text, possibly empty; the caller closes it. */
  record Text(InputStream bytes) implements RunLog {}

  /**
   * It runs, and this is what it has printed so far: more may come.
   *
   * @param full this is as much as is shown before its end
   */
  record Running(Printed text, boolean full) implements RunLog {}

  /**
   * It runs, and what it prints comes when it has ended.
   *
   * @param provider that it runs at
   */
  record AtItsEnd(ProviderId provider) implements RunLog {}

  /** None, or none yet: there is no such attempt, or it has not handed one in. */
  record None() implements RunLog {}

  /**
   * There was one, and it is gone.
   *
   * @param reason a sentence
   */
  record Gone(String reason) implements RunLog {}
}
