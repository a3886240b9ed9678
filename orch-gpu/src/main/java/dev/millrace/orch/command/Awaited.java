package dev.millrace.orch.command;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;

/** Asks again for an object that is not there yet. */
final class Awaited {
  private static final int PAUSE_MILLIS = 200;
  private static final int SECONDS_MAX = 86_400;

  private final InstantSource clock;
  private final Instant until;

  /**
   * Waits so long.
   *
   * @param seconds 0 for not at all
   */
  Awaited(int seconds, InstantSource clock) {
    if (seconds < 0 || seconds > SECONDS_MAX) {
      throw Mistake.usage("--wait must be 0.." + SECONDS_MAX + " seconds, found: " + seconds);
    }
    this.clock = clock;
    this.until = clock.instant().plusSeconds(seconds);
  }

  /** One download. */
  @FunctionalInterface
  interface Download {
    long bytes() throws IOException;
  }

  long until(Download download) throws IOException {
    while (true) {
      try {
        return download.bytes();
      } catch (FileNotFoundException e) {
        if (!clock.instant().isBefore(until)) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the object was awaited");
    }
  }
}
