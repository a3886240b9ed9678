package dev.millrace.runtime.runner;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A function that was started. Safe for many threads. */
public interface RunningFunction {
  /**
   * Waits until the function has ended, nothing of it runs any more and its log is kept.
   *
   * @param longest how long to wait at most
   * @return empty when it still runs after that time
   */
  Optional<RunEnd> await(Duration longest) throws InterruptedException;

  /**
   * Stops the function and all that it started; returns at once, {@link #await} tells when it is
   * done. Nothing happens when it has ended.
   */
  void stop();

  /**
   * What it has printed so far, as its log begins: only ever added to. Of a log that is longer than
   * its limit, what comes behind its first part is not told. While the function runs, and for a
   * moment after.
   *
   * @param from where the wanted part begins
   * @param most bytes
   * @return nothing when there is no more yet
   */
  byte[] printed(long from, int most) throws IOException;
}
