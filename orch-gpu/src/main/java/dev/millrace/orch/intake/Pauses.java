package dev.millrace.orch.intake;

import dev.millrace.orch.journal.PendingStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which stores are away, and when each is asked again: after a second, then twice as long each
 * time, up to half a minute. A new notice of it is a sign that it lives: then a second is enough.
 * For one thread.
 */
final class Pauses {
  static final Duration FIRST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final Ticker ticker;
  private final Map<StoreId, Pause> away = new HashMap<>();

  private record Pause(Duration length, long tried, long newest) {}

  Pauses(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether it is asked now. */
  boolean isOver(PendingStore pending) {
    Pause pause = away.get(pending.store());
    if (pause == null) {
      return true;
    }
    Duration length = pending.newest() > pause.newest() ? FIRST : pause.length();
    return ticker.nanos() - pause.tried() >= length.toNanos();
  }

  /** Whether it did not answer when it was asked last. */
  boolean isAway(StoreId store) {
    return away.containsKey(store);
  }

  /** Those that did not answer when they were asked last. */
  Set<StoreId> away() {
    return Set.copyOf(away.keySet());
  }

  /** It was asked and did not answer; answers how long it is left alone. */
  Duration silent(PendingStore pending) {
    Pause before = away.get(pending.store());
    Duration length =
        before == null
            ? FIRST
            : before.length().compareTo(LONGEST.dividedBy(2)) > 0
                ? LONGEST
                : before.length().multipliedBy(2);
    away.put(pending.store(), new Pause(length, ticker.nanos(), pending.newest()));
    return length;
  }

  /** It has answered. */
  void answered(StoreId store) {
    away.remove(store);
  }

  /** Forgets those of which nothing is pending. */
  void keep(List<PendingStore> pending) {
    Set<StoreId> stores = pending.stream().map(PendingStore::store).collect(Collectors.toSet());
    away.keySet().retainAll(stores);
  }
}
