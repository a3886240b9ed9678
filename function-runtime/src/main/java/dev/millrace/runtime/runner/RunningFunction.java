package dev.millrace.runtime.runner;

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
}
