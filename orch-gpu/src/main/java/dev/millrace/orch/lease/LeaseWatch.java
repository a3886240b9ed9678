package dev.millrace.orch.lease;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Lease;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.Transition.FreeLease;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calls a lease dead when its counter has not moved for the lease's duration, by this observer's
 * own ticker: no clock of anyone else counts, and after a restart every lease gets its full
 * duration again. Expiry moves the job; the slice stays in quarantine until the stop is confirmed,
 * or until the runner's hard limit has passed by the same ticker. Not thread-safe: one loop calls
 * it.
 */
public final class LeaseWatch {
  private final Journal journal;
  private final Recorder recorder;
  private final Settler settler;
  private final Duration stopGrace;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Map<Long, Sight> sights = new HashMap<>();

  /**
   * What was last seen of a lease, and when by the ticker.
   *
   * @param claimed whether a run has it, and so must renew it: silence counts from then on
   */
  private record Sight(LeaseState state, long counter, boolean claimed, long sinceNanos) {}

  public LeaseWatch(
      Journal journal,
      Recorder recorder,
      Settler settler,
      Duration stopGrace,
      Ticker ticker,
      InstantSource clock) {
    this.journal = journal;
    this.recorder = recorder;
    this.settler = settler;
    this.stopGrace = stopGrace;
    this.ticker = ticker;
    this.clock = clock;
  }

  /**
   * Looks at every live lease once.
   *
   * @return how many it ended or freed
   */
  public int look() {
    List<Lease> live = journal.liveLeases();
    Set<Long> tokens = new HashSet<>();
    int acted = 0;
    for (Lease lease : live) {
      tokens.add(lease.token());
      acted += look(lease) ? 1 : 0;
    }
    sights.keySet().retainAll(tokens);
    return acted;
  }

  private boolean look(Lease lease) {
    Optional<Attempt> attempt = journal.attempt(lease.tenant(), lease.attempt());
    if (attempt.isEmpty()) {
      return false;
    }
    boolean claimed = attempt.get().state() == AttemptState.RUNNING;
    Sight sight = sights.get(lease.token());
    if (sight == null
        || sight.counter() != lease.counter()
        || sight.state() != lease.state()
        || sight.claimed() != claimed) {
      sights.put(lease.token(), new Sight(lease.state(), lease.counter(), claimed, ticker.nanos()));
      return false;
    }
    Duration still = Duration.ofNanos(ticker.nanos() - sight.sinceNanos());
    return switch (lease.state()) {
      case HELD -> expire(lease, attempt.get(), still);
      case QUARANTINED -> free(lease, attempt.get(), still);
      case FREE -> false;
    };
  }

  /** A lease whose order nobody has claimed yet is the flow's to end, by the order's expiry. */
  private boolean expire(Lease lease, Attempt attempt, Duration still) {
    if (attempt.state() != AttemptState.RUNNING || still.compareTo(lease.duration()) < 0) {
      return false;
    }
    String reason = "its run was silent for " + lease.duration().toSeconds() + " s";
    settler.lose(attempt, reason, new LeaseEnd.Quarantine(reason));
    return true;
  }

  private boolean free(Lease lease, Attempt attempt, Duration still) {
    Duration hardLimit = Orders.of(attempt).limits().timeout().plus(stopGrace);
    if (still.compareTo(hardLimit) < 0) {
      return false;
    }
    recorder.commit(
        new FreeLease(
            lease.tenant(),
            lease.token(),
            "the runner's hard limit of " + hardLimit.toSeconds() + " s has passed",
            clock.instant()));
    return true;
  }
}
