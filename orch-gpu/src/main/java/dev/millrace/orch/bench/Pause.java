package dev.millrace.orch.bench;

import dev.millrace.orch.observe.Bell;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;

/** Waits for what another process does; all of it is bounded. */
final class Pause {
  private static final long LOOK_MILLIS = 20;

  private final Ticker ticker;

  Pause(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Something that may have happened. */
  @FunctionalInterface
  interface Question {
    boolean answered() throws IOException, InterruptedException;
  }

  void millis(long millis) throws InterruptedException {
    Bell never = new Bell();
    never.await(Duration.ofMillis(millis));
  }

  /** Asks again and again; fails with {@code what} when the time is over. */
  void until(Duration atMost, String what, Question question)
      throws IOException, InterruptedException {
    long end = ticker.nanos() + atMost.toNanos();
    while (!question.answered()) {
      if (ticker.nanos() - end > 0) {
        throw new IOException("not seen within " + atMost.toSeconds() + " s: " + what);
      }
      millis(LOOK_MILLIS);
    }
  }
}
