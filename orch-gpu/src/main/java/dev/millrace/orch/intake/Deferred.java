package dev.millrace.orch.intake;

import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notices whose look came to nothing, and when each is looked at again: after a second, then twice
 * as long each time. They go behind all that were not looked at yet. What is forgotten, here or by
 * a restart, is looked at at once. For one thread.
 */
final class Deferred {
  static final Duration FIRST = Duration.ofSeconds(1);

  /** A look that the store refuses costs it little, and seldom comes to anything else soon. */
  static final Duration REFUSED_LONGEST = Duration.ofMinutes(5);

  static final Duration UNANSWERED_LONGEST = Pauses.LONGEST;

  /** Where so many of a store wait, all of its notices are read less often than the new ones. */
  private static final int MANY = 1024;

  private static final Duration FULL_EVERY = Duration.ofSeconds(5);

  /** Others than so many of a store are looked at in each round. */
  private static final int MOST = 250_000;

  private final Ticker ticker;
  private final Map<StoreId, Waiting> waiting = new HashMap<>();

  /** Why a look came to nothing. */
  enum Cause {
    /** The store has answered. */
    REFUSED,
    UNANSWERED,
    /** Not answered while the store was away: it says nothing about the object. */
    AWAY
  }

  /**
   * One that waits.
   *
   * @param failures how often it came to nothing while the store was there
   */
  private record Wait(Cause cause, Duration length, long since, int failures) {}

  /**
   * It is to be looked at once more.
   *
   * @param unanswered whether it was not answered before
   * @param failures how often it came to nothing while the store was there
   * @param at when it was due, by the ticker
   */
  record Due(boolean unanswered, int failures, long at) {}

  /** Of one store. */
  private static final class Waiting {
    private final Map<Long, Wait> waits = new HashMap<>();

    /** All up to this one were read, and those that are not here were decided. */
    private long read;

    private long readAt;

    /** The last that was looked at to learn whether the store is back. */
    private long probed;
  }

  Deferred(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Its look came to nothing. */
  void put(long notice, StoreId store, Cause cause) {
    Map<Long, Wait> waits = waiting.computeIfAbsent(store, s -> new Waiting()).waits;
    Wait before = waits.get(notice);
    if (before == null && waits.size() >= MOST) {
      return;
    }
    Duration longest = cause == Cause.REFUSED ? REFUSED_LONGEST : UNANSWERED_LONGEST;
    Duration length = before == null ? FIRST : shorter(before.length().multipliedBy(2), longest);
    Cause kept = before != null && cause == Cause.AWAY ? before.cause() : cause;
    int failures = (before == null ? 0 : before.failures()) + (cause == Cause.AWAY ? 0 : 1);
    waits.put(notice, new Wait(kept, length, ticker.nanos(), failures));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** It is decided. */
  void decided(long notice, StoreId store) {
    Waiting own = waiting.get(store);
    if (own != null) {
      own.waits.remove(notice);
    }
  }

  /**
   * The store has answered after it was away: what it left unanswered is due, behind what was not
   * asked for yet, since it may be what the store never answers.
   */
  void back(StoreId store) {
    Waiting own = waiting.get(store);
    if (own != null) {
      long due = ticker.nanos() - FIRST.toNanos();
      own.waits.replaceAll((notice, wait) ->
          wait.cause() == Cause.REFUSED
              ? wait
              : new Wait(Cause.UNANSWERED, FIRST, due, wait.failures()));
      own.read = 0;
    }
  }

  /** One of its notices that was read has to be read again. */
  void reread(StoreId store) {
    Waiting own = waiting.get(store);
    if (own != null) {
      own.read = 0;
    }
  }

  /** Whether a look at it came to nothing. */
  boolean isBehind(PendingNotice notice) {
    return find(notice) != null;
  }

  /** Whether one that is behind is looked at now; empty where it waits. */
  Optional<Due> due(PendingNotice notice) {
    Wait wait = find(notice);
    if (wait == null || ticker.nanos() - wait.since() < wait.length().toNanos()) {
      return Optional.empty();
    }
    boolean unanswered = wait.cause() != Cause.REFUSED;
    return Optional.of(
        new Due(unanswered, wait.failures(), wait.since() + wait.length().toNanos()));
  }

  private @Nullable Wait find(PendingNotice notice) {
    Waiting own = waiting.get(notice.notice().object().store());
    return own == null ? null : own.waits.get(notice.id());
  }

  /** Behind which notice reading begins: all of them, or the new ones alone. */
  long start(StoreId store) {
    Waiting own = waiting.get(store);
    if (own == null || own.waits.size() < MANY) {
      return 0;
    }
    return ticker.nanos() - own.readAt < FULL_EVERY.toNanos() ? own.read : 0;
  }

  /** Behind which notice a store that is away is asked next; not always for the same ones. */
  long probe(StoreId store) {
    Waiting own = waiting.get(store);
    return own == null ? 0 : own.probed;
  }

  /** This is not what a store that is away is asked for next. */
  void probed(StoreId store, long notice) {
    Waiting own = waiting.computeIfAbsent(store, s -> new Waiting());
    own.probed = Math.max(own.probed, notice);
  }

  /** All of its notices had their turn. */
  void probedAll(StoreId store) {
    Waiting own = waiting.get(store);
    if (own != null) {
      own.probed = 0;
    }
  }

  /** The new ones were read, and all of them are decided or here. */
  void readNew(StoreId store, long last) {
    Waiting own = waiting.get(store);
    if (own != null) {
      own.read = last;
    }
  }

  /** The time by which waits are counted. */
  long now() {
    return ticker.nanos();
  }

  /**
   * All of a store's were read, from the first: others are pending no more, unless they came to
   * wait since that began.
   */
  void readAll(StoreId store, long began, Set<Long> behind, long last, boolean more) {
    Waiting own = waiting.get(store);
    if (own != null) {
      own.waits
          .entrySet()
          .removeIf(one -> !behind.contains(one.getKey()) && one.getValue().since() - began < 0);
      own.read = more ? 0 : last;
      own.readAt = ticker.nanos();
    }
  }

  /** Forgets stores of which nothing is pending. */
  void keep(List<PendingStore> pending) {
    Set<StoreId> stores = pending.stream().map(PendingStore::store).collect(Collectors.toSet());
    waiting.keySet().retainAll(stores);
  }
}
