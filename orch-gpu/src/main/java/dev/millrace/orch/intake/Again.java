package dev.millrace.orch.intake;

import dev.millrace.orch.intake.Deferred.Due;
import dev.millrace.orch.journal.PendingNotice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Of the notices of one store that are due to be looked at once more, those whose turn it is. Of
 * those that were refused, whoever is due longest. Those that were not answered may keep their
 * looks waiting once more, a few at a time: so of each two one is whoever failed least often, and
 * one whoever is due longest, and when a look has lasted, who comes next is chosen anew.
 *
 * <p>So one that failed once is looked at after those alone that failed once before it, however
 * many others fail again and again; and of N that are due each has its turn after N times as long
 * as a look, and the pause until all are read again, last at the most, whatever fails meanwhile.
 */
final class Again {
  /** So many of a kind are looked at in a round, so that new ones do not wait long. */
  private static final int MOST = 512;

  private static final Comparator<Candidate> LONGEST_DUE =
      (one, other) -> Long.signum(one.due().at() - other.due().at());
  private static final Comparator<Candidate> FAILED_LEAST =
      Comparator.comparingInt((Candidate one) -> one.due().failures()).thenComparing(LONGEST_DUE);

  private final Choice refused = new Choice(MOST, LONGEST_DUE);
  private final Choice failedLeast = new Choice(MOST / 2, FAILED_LEAST);
  private final Choice longestDue = new Choice(MOST / 2, LONGEST_DUE);
  private int unanswered;

  private record Candidate(PendingNotice notice, Due due) {}

  /** The first few in an order. */
  private static final class Choice {
    private final int most;
    private final Comparator<Candidate> order;
    private final PriorityQueue<Candidate> lastFirst;
    private boolean full;

    Choice(int most, Comparator<Candidate> order) {
      this.most = most;
      this.order = order;
      this.lastFirst = new PriorityQueue<>(order.reversed());
    }

    void offer(Candidate one) {
      lastFirst.add(one);
      if (lastFirst.size() > most) {
        lastFirst.remove();
        full = true;
      }
    }

    List<PendingNotice> inOrder() {
      return lastFirst.stream().sorted(order).map(Candidate::notice).toList();
    }
  }

  /** It is due. */
  void offer(PendingNotice notice, Due due) {
    Candidate one = new Candidate(notice, due);
    if (due.unanswered()) {
      unanswered++;
      failedLeast.offer(one);
      longestDue.offer(one);
    } else {
      refused.offer(one);
    }
  }

  /** Those that the store has refused. */
  List<PendingNotice> refused() {
    return refused.inOrder();
  }

  /** Those that the store has not answered. */
  List<PendingNotice> unanswered() {
    List<PendingNotice> seldom = failedLeast.inOrder();
    List<PendingNotice> longest = longestDue.inOrder();
    Set<PendingNotice> all = new LinkedHashSet<>();
    for (int i = 0; i < seldom.size(); i++) {
      all.add(seldom.get(i));
      all.add(longest.get(i));
    }
    return new ArrayList<>(all);
  }

  /** Whether others are due as well. */
  boolean isMore() {
    return refused.full || unanswered > unanswered().size();
  }
}
