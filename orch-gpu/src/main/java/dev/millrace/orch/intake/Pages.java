package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The undecided notices of some stores, page by page, in the order in which they came. */
final class Pages {
  private static final int PAGE = 256;
  private static final int SHARE_MIN = 32;

  /** Of a store that was away so many are enough to learn whether it is back. */
  private static final int PROBE = 32;

  private final Journal journal;
  private final Pauses pauses;

  /** The last that was read, by store that has more. */
  private final Map<StoreId, Long> open = new HashMap<>();

  Pages(Journal journal, Pauses pauses, List<PendingStore> stores) {
    this.journal = journal;
    this.pauses = pauses;
    stores.forEach(each -> open.put(each.store(), 0L));
  }

  /** The next; empty behind the last. Of stores that are silent nothing is read. */
  List<PendingNotice> next(Predicate<StoreId> silent) {
    open.keySet().removeIf(silent);
    List<PendingNotice> page = new ArrayList<>();
    int share = open.isEmpty() ? 0 : Math.max(SHARE_MIN, PAGE / open.size());
    for (Iterator<Map.Entry<StoreId, Long>> each = open.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<StoreId, Long> one = each.next();
      boolean away = pauses.isAway(one.getKey());
      int most = away ? PROBE : share;
      List<PendingNotice> some = journal.pendingNotices(one.getKey(), one.getValue(), most);
      page.addAll(some);
      if (away || some.size() < most) {
        each.remove();
      } else {
        one.setValue(some.getLast().id());
      }
    }
    page.sort(Comparator.comparingLong(PendingNotice::id));
    return page;
  }
}
