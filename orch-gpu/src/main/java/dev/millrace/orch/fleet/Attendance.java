package dev.millrace.orch.fleet;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which providers answer now, by this coordinator's own ticker. One that was silent for too long
 * gets no orders, and its devices count as ones that will come back; its leases end by their own
 * rule. After a restart everyone is away until heard of. Safe for many threads.
 */
public final class Attendance {
  private final Ticker ticker;
  private final Duration awayAfter;
  private final Set<ProviderId> inside = ConcurrentHashMap.newKeySet();
  private final Map<ProviderId, Long> heard = new ConcurrentHashMap<>();

  /**
   * @param awayAfter how long a provider may be silent
   */
  public Attendance(Ticker ticker, Duration awayAfter) {
    this.ticker = ticker;
    this.awayAfter = awayAfter;
  }

  /** This provider is part of this process. */
  public void stays(ProviderId provider) {
    inside.add(provider);
  }

  /** Whether it is part of this process. */
  public boolean inside(ProviderId provider) {
    return inside.contains(provider);
  }

  /**
   * Word from a provider.
   *
   * @return whether it was away until now
   */
  public boolean heard(ProviderId provider) {
    boolean away = !present(provider);
    heard.put(provider, ticker.nanos());
    return away;
  }

  /** Whether it may be given orders. */
  public boolean present(ProviderId provider) {
    if (inside.contains(provider)) {
      return true;
    }
    Long last = heard.get(provider);
    return last != null && ticker.nanos() - last < awayAfter.toNanos();
  }
}
