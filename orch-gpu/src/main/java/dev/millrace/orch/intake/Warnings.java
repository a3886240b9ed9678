package dev.millrace.orch.intake;

import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** What would be said again and again is said once a minute. For many threads. */
final class Warnings {
  private static final long EVERY = Duration.ofMinutes(1).toNanos();

  private final Ticker ticker;
  private final Map<String, Said> all = new HashMap<>();

  private record Said(long at, long keptBack) {}

  Warnings(Ticker ticker) {
    this.ticker = ticker;
  }

  /** How often this was kept back since it was said; empty where it is kept back now. */
  synchronized OptionalLong due(String what) {
    Said before = all.get(what);
    long now = ticker.nanos();
    if (before != null && now - before.at() < EVERY) {
      all.put(what, new Said(before.at(), before.keptBack() + 1));
      return OptionalLong.empty();
    }
    all.put(what, new Said(now, 0));
    return OptionalLong.of(before == null ? 0 : before.keptBack());
  }
}
