package dev.millrace.orch.up;

import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Says what goes wrong again and again: at once when it is new, and then now and then for as long
 * as it lasts, so that a log shows it and is not filled by it. Safe for many threads.
 */
final class Complaints {
  private final Duration again;
  private final Ticker ticker;
  private final Consumer<String> said;
  private final Map<String, Said> last = new ConcurrentHashMap<>();

  private record Said(String text, long nanos) {}

  /**
   * @param again how long the same is not said again
   * @param said is given the sentences
   */
  Complaints(Duration again, Ticker ticker, Consumer<String> said) {
    this.again = again;
    this.ticker = ticker;
    this.said = said;
  }

  /**
   * Takes one.
   *
   * @param of what complains; few and fixed
   */
  void hear(String of, String text) {
    Said now = new Said(text, ticker.nanos());
    Said shown = last.merge(of, now, (before, fresh) -> isDue(before, fresh) ? fresh : before);
    if (shown == now) {
      said.accept(of + ": " + text);
    }
  }

  private boolean isDue(Said before, Said fresh) {
    return !before.text().equals(fresh.text()) || fresh.nanos() - before.nanos() >= again.toNanos();
  }
}
