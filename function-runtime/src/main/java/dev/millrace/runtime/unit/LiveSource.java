package dev.millrace.runtime.unit;

import java.io.IOException;

/** What a run has printed so far, as its log will begin. */
@FunctionalInterface
interface LiveSource {
  /**
   * A part of it.
   *
   * @param from where it begins
   * @param most bytes; fewer come where there are not so many
   */
  byte[] printed(long from, int most) throws IOException;
}
