package dev.millrace.orch.intake;

import dev.millrace.orch.intake.Deferred.Due;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The undecided notices of some stores, page by page, in the order in which they came; those whose
 * look came to nothing before are behind all others.
 */
final class Pages {
  private static final int PAGE = 256;
  private static final int SHARE_MIN = 32;

  /** Of a store that was away so many are enough to learn whether it is back. */
  private static final int PROBE = 32;

  private final Journal journal;
  private final Pauses pauses;
  private final Deferred deferred;
  private final Set<StoreId> busy;
  private final long began;

  /** How far it was read, by store that has more. */
  private final Map<StoreId, Reading> open = new HashMap<>();

  private final Map<StoreId, Again> again = new LinkedHashMap<>();
  private boolean left;

  private static final class Reading {
    private final boolean all;
    private final Set<Long> behind = new HashSet<>();
    private final long newest;
    private long last;

    /** From behind one notice to another: what comes meanwhile is the next round's. */
    Reading(long start, long newest) {
      this.all = start == 0;
      this.last = start;
      this.newest = newest;
    }
  }

  /**
   * Of these stores.
   *
   * @param busy those that are asked already for what they did not answer before
   */
  Pages(
      Journal journal,
      Pauses pauses,
      Deferred deferred,
      List<PendingStore> stores,
      Set<StoreId> busy) {
    this.journal = journal;
    this.pauses = pauses;
    this.deferred = deferred;
    this.busy = busy;
    this.began = deferred.now();
    for (PendingStore each : stores) {
      open.put(each.store(), new Reading(deferred.start(each.store()), each.newest()));
    }
  }

  /**
   * Some notices.
   *
   * @param fresh were not looked at yet
   * @param signs the newest of each store that is away
   * @param probes others of stores that are away
   */
  record Page(List<PendingNotice> fresh, List<PendingNotice> signs, List<PendingNotice> probes) {
    Page() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    int size() {
      return fresh.size() + signs.size() + probes.size();
    }

    boolean isEmpty() {
      return size() == 0;
    }
  }

  /** The next; empty behind the last. Of stores that are silent nothing is read. */
  Page next(Predicate<StoreId> silent) {
    Page page = new Page();
    open.keySet().removeIf(silent);
    while (page.isEmpty() && !open.isEmpty()) {
      int share = Math.max(SHARE_MIN, PAGE / open.size());
      for (Iterator<Map.Entry<StoreId, Reading>> each = open.entrySet().iterator();
          each.hasNext(); ) {
        Map.Entry<StoreId, Reading> one = each.next();
        if (pauses.isAway(one.getKey())) {
          probe(one.getKey(), one.getValue().newest, page);
          each.remove();
        } else if (!read(one.getKey(), one.getValue(), share, page.fresh())) {
          each.remove();
        }
      }
    }
    page.fresh().sort(Comparator.comparingLong(PendingNotice::id));
    return page;
  }

  /** The newest, which may be the sign that the store is back, and those whose turn it is. */
  private void probe(StoreId store, long newest, Page page) {
    page.signs().addAll(journal.pendingNotices(store, newest - 1, 1));
    long after = deferred.probe(store);
    List<PendingNotice> some = before(newest, store, after);
    if (some.isEmpty() && after > 0) {
      // Not before: those that are never answered would go before the last of the others each time.
      deferred.probedAll(store);
      some = before(newest, store, 0);
    }
    page.probes().addAll(some);
  }

  private List<PendingNotice> before(long newest, StoreId store, long after) {
    return journal.pendingNotices(store, after, PROBE).stream()
        .filter(one -> one.id() < newest)
        .toList();
  }

  /** Whether there can be more. */
  private boolean read(StoreId store, Reading reading, int most, List<PendingNotice> page) {
    List<PendingNotice> some = journal.pendingNotices(store, reading.last, most);
    for (PendingNotice one : some) {
      if (one.id() > reading.newest) {
        break;
      }
      reading.last = one.id();
      if (!deferred.isBehind(one)) {
        page.add(one);
      } else {
        reading.behind.add(one.id());
        putBehind(store, one);
      }
    }
    boolean whole = some.size() < most || some.getLast().id() >= reading.newest;
    if (whole && reading.all) {
      deferred.readAll(store, began, reading.behind, reading.last, isMore(store));
    } else if (whole) {
      deferred.readNew(store, reading.last);
      left = true;
    }
    return !whole;
  }

  private void putBehind(StoreId store, PendingNotice one) {
    Optional<Due> due = deferred.due(one);
    if (due.isEmpty() || due.get().unanswered() && busy.contains(store)) {
      left = true;
    } else {
      again.computeIfAbsent(store, s -> new Again()).offer(one, due.get());
    }
  }

  /** Those that were refused and are looked at once more, when all others were. */
  List<PendingNotice> refused() {
    return again.values().stream().flatMap(each -> each.refused().stream()).toList();
  }

  /** Those that were not answered and are looked at once more, when all others were. */
  List<PendingNotice> unanswered() {
    return again.values().stream().flatMap(each -> each.unanswered().stream()).toList();
  }

  /** Whether some are not looked at yet: now once more, or when their time has come. */
  boolean isLeft() {
    return left || !again.isEmpty();
  }

  /** Whether others are due as well. */
  boolean isMore() {
    return again.keySet().stream().anyMatch(this::isMore);
  }

  private boolean isMore(StoreId store) {
    Again own = again.get(store);
    return own != null && own.isMore();
  }
}
