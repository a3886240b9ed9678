package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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

  /** So many are looked at once more in a round, so that new ones do not wait long. */
  private static final int AGAIN = 512;

  private final Journal journal;
  private final Pauses pauses;
  private final Deferred deferred;
  private final long began;

  /** How far it was read, by store that has more. */
  private final Map<StoreId, Reading> open = new HashMap<>();

  private final List<PendingNotice> again = new ArrayList<>();
  private boolean left;
  private boolean more;

  private static final class Reading {
    private final boolean all;
    private final Set<Long> behind = new HashSet<>();
    private final long newest;
    private long last;
    private boolean more;

    /** From behind one notice to another: what comes meanwhile is the next round's. */
    Reading(long start, long newest) {
      this.all = start == 0;
      this.last = start;
      this.newest = newest;
    }
  }

  Pages(Journal journal, Pauses pauses, Deferred deferred, List<PendingStore> stores) {
    this.journal = journal;
    this.pauses = pauses;
    this.deferred = deferred;
    this.began = deferred.now();
    for (PendingStore each : stores) {
      open.put(each.store(), new Reading(deferred.start(each.store()), each.newest()));
    }
  }

  /** The next; empty behind the last. Of stores that are silent nothing is read. */
  List<PendingNotice> next(Predicate<StoreId> silent) {
    List<PendingNotice> page = new ArrayList<>();
    open.keySet().removeIf(silent);
    while (page.isEmpty() && !open.isEmpty()) {
      int share = Math.max(SHARE_MIN, PAGE / open.size());
      for (Iterator<Map.Entry<StoreId, Reading>> each = open.entrySet().iterator();
          each.hasNext(); ) {
        Map.Entry<StoreId, Reading> one = each.next();
        if (pauses.isAway(one.getKey())) {
          page.addAll(probe(one.getKey()));
          each.remove();
        } else if (!read(one.getKey(), one.getValue(), share, page)) {
          each.remove();
        }
      }
    }
    page.sort(Comparator.comparingLong(PendingNotice::id));
    return page;
  }

  private List<PendingNotice> probe(StoreId store) {
    long after = deferred.probe(store);
    List<PendingNotice> some = journal.pendingNotices(store, after, PROBE);
    if (some.isEmpty() && after > 0) {
      // Not before: those that are never answered would go before the last of the others each time.
      deferred.probedAll(store);
      return journal.pendingNotices(store, 0, PROBE);
    }
    return some;
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
        putBehind(one, reading);
      }
    }
    boolean whole = some.size() < most || some.getLast().id() >= reading.newest;
    if (whole && reading.all) {
      deferred.readAll(store, began, reading.behind, reading.last, reading.more);
    } else if (whole) {
      deferred.readNew(store, reading.last);
      left = true;
    }
    return !whole;
  }

  private void putBehind(PendingNotice one, Reading reading) {
    if (!deferred.isDue(one)) {
      left = true;
    } else if (again.size() < AGAIN) {
      again.add(one);
    } else {
      reading.more = true;
      more = true;
    }
  }

  /** Those that are looked at once more, when all others were. */
  List<PendingNotice> again() {
    return again;
  }

  /** Whether others wait for their time. */
  boolean isLeft() {
    return left;
  }

  /** Whether others are due as well. */
  boolean isMore() {
    return more;
  }
}
