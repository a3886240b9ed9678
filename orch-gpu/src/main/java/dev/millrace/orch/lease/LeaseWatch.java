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
import dev.millrace.schema.time.AwakeTicker;
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
 *
 * <p>Silence is what was not heard while one listened, so an observer's standstill does not count
 * ({@link AwakeTicker}): one that was stopped for an hour finds the runs that went on meanwhile as
 * it left them. Nor does a journal that writes nothing: its renewals wait, and its readers show old
 * counters. So once a lease has been silent for half its duration, each look first commits
 * something of its own, behind the renewals that wait, and the time that this takes is a
 * standstill. Such time is shortened to a stride and never to nothing: an observer that is always
 * late still ends every lease that is not renewed.
 *
 * <p>A lease that lives too long costs time, and no second result: its slice is promised to nobody
 * while it is held or in quarantine, and two runs of one job, by whatever mistake, publish one
 * result, that of the winner whom the journal names. Several coordinators each listen for
 * themselves; the first to end an attempt ends it, by the precondition of {@code EndAttempt}.
 */
public final class LeaseWatch {
  /** More than the pause between two looks, which short leases must not make a standstill. */
  private static final Duration STRIDE_MIN = Duration.ofMillis(1500);

  private final Journal journal;
  private final Recorder recorder;
  private final Settler settler;
  private final Duration stopGrace;
  private final Ticker ticker;
  private final InstantSource clock;
  private final Map<Long, Sight> sights = new HashMap<>();

  /** What was last seen of a lease, and the time that was listened since. */
  private record Sight(LeaseState state, long counter, Duration lease, AwakeTicker since) {
    Duration still() {
      return Duration.ofNanos(since.nanos());
    }

    boolean isDoubtful() {
      return state == LeaseState.HELD && still().multipliedBy(2).compareTo(lease) >= 0;
    }
  }

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
    if (sights.values().stream().anyMatch(Sight::isDoubtful)) {
      awaitWrites();
    }
    List<Lease> live = journal.liveLeases();
    Set<Long> tokens = new HashSet<>();
    int acted = 0;
    for (Lease lease : live) {
      tokens.add(lease.token());
      Sight sight = sights.get(lease.token());
      if (sight == null || sight.counter() != lease.counter() || sight.state() != lease.state()) {
        see(lease);
      } else {
        acted += judge(lease, sight.still()) ? 1 : 0;
      }
    }
    sights.keySet().retainAll(tokens);
    return acted;
  }

  /** What waits to be written is there afterwards; a number of a token is spent for it. */
  private void awaitWrites() {
    journal.reserveTokens(1);
  }

  private void see(Lease lease) {
    Duration sixth = lease.duration().dividedBy(6);
    Duration stride = sixth.compareTo(STRIDE_MIN) < 0 ? STRIDE_MIN : sixth;
    sights.put(
        lease.token(),
        new Sight(
            lease.state(), lease.counter(), lease.duration(), new AwakeTicker(ticker, stride)));
  }

  private boolean judge(Lease lease, Duration still) {
    Optional<Attempt> attempt = journal.attempt(lease.tenant(), lease.attempt());
    if (attempt.isEmpty()) {
      return false;
    }
    return switch (lease.state()) {
      case HELD -> expire(lease, attempt.get(), still);
      case QUARANTINED -> free(lease, attempt.get(), still);
      case FREE -> false;
    };
  }

  /**
   * A lease whose order nobody has claimed yet is the flow's to end, by the order's expiry; its run
   * has a full duration from its claim on, however long the order has waited.
   */
  private boolean expire(Lease lease, Attempt attempt, Duration still) {
    if (attempt.state() != AttemptState.RUNNING) {
      see(lease);
      return false;
    }
    if (still.compareTo(lease.duration()) < 0) {
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
