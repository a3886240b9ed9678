package dev.millrace.orch.command;

import dev.millrace.orch.client.Retries;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.InstantSource;

/** Asks again for an object that is not there yet, until it is clear that none comes. */
final class Awaited {
  private static final int PAUSE_MILLIS = 200;
  private static final int TRIES = (int) (Outlook.EVERY.toMillis() / PAUSE_MILLIS);
  private static final int SECONDS_MAX = 86_400;

  private final String what;
  private final InstantSource clock;
  private final Instant until;

  /**
   * Waits so long.
   *
   * @param what as people call it
   * @param seconds 0 for not at all
   */
  Awaited(String what, int seconds, InstantSource clock) {
    if (seconds < 0 || seconds > SECONDS_MAX) {
      throw Mistake.usage("--wait must be 0.." + SECONDS_MAX + " seconds, found: " + seconds);
    }
    this.what = what;
    this.clock = clock;
    this.until = clock.instant().plusSeconds(seconds);
  }

  /** One download. */
  @FunctionalInterface
  interface Download {
    long bytes() throws IOException;

    /** Whether some of it is where another try would add it once more. */
    default boolean hasBegun() {
      return false;
    }
  }

  /**
   * Until it is there. Once the object is known not to be there yet, neither a coordinator nor a
   * store that cannot be asked for a while ends the wait.
   *
   * @param outlook asked from the first time on that the object is not there
   */
  long until(Download download, Prospect outlook) throws IOException {
    boolean absent = false;
    for (int tries = 0; ; tries++) {
      try {
        return download.bytes();
      } catch (FileNotFoundException e) {
        if (isOver()) {
          throw e;
        }
        absent = true;
        if (tries % TRIES == 0) {
          look(outlook);
        }
      } catch (IOException e) {
        if (!absent || isOver() || download.hasBegun() || !Retries.mayPass(e)) {
          throw e;
        }
      }
      pause();
    }
  }

  private boolean isOver() {
    return !clock.instant().isBefore(until);
  }

  private void look(Prospect outlook) throws IOException {
    outlook
        .look()
        .ifPresent(reason -> {
          throw Mistake.failed(what + " does not come: " + reason);
        });
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
