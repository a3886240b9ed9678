package dev.millrace.fdl;

import dev.millrace.fdl.Filter.Keys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the functions that a filter leads to, each until it has been visited: a graph's edges are
 * found when they are walked and never held. One of two filters without an end of its own costs a
 * search among sorted texts. Where both have ends, it costs a look at each filter of the bucket
 * that fits by its beginning, or by its end, and whose function is not visited yet. Not for several
 * threads.
 */
final class Sweep {
  private final Map<Filter.Bucket, Shelf> shelves = new HashMap<>();
  private final boolean[] visited;

  /** What leads to none that is left: none comes back. */
  private final Set<Keys> exhausted = new HashSet<>();

  Sweep(List<Filter> filters, int functions) {
    this.visited = new boolean[functions];
    Map<Filter.Bucket, List<Filter>> byBucket = new HashMap<>();
    for (Filter filter : filters) {
      byBucket.computeIfAbsent(filter.keys().bucket(), b -> new ArrayList<>()).add(filter);
    }
    byBucket.forEach((bucket, all) -> shelves.put(bucket, new Shelf(all)));
  }

  /** Takes a function out of what is found. */
  void visit(int function) {
    visited[function] = true;
  }

  boolean isVisited(int function) {
    return visited[function];
  }

  /** A filter that has a key in common with this one, of a function that is not visited. */
  Optional<Filter> take(Filter wanted) {
    Shelf shelf = shelves.get(wanted.keys().bucket());
    if (shelf == null || exhausted.contains(wanted.keys())) {
      return Optional.empty();
    }
    int found = shelf.find(wanted.keys());
    if (found < 0) {
      exhausted.add(wanted.keys());
      return Optional.empty();
    }
    return Optional.of(shelf.filters.get(found));
  }

  /** The filters of one bucket; sorted when something is asked of them. */
  private final class Shelf {
    private final List<Filter> filters;
    private final int[] owners;
    private Optional<Ladder> beginnings = Optional.empty();
    private Optional<Ladder> ends = Optional.empty();

    /** The question that marked each filter last, which is right until another one is asked. */
    private final int[] markedBy;

    private int question;
    private Optional<Keys> asked = Optional.empty();

    Shelf(List<Filter> filters) {
      this.filters = filters;
      this.owners = filters.stream().mapToInt(Filter::function).toArray();
      this.markedBy = new int[filters.size()];
    }

    int find(Keys keys) {
      if (keys.endsAnyhow()) {
        return beginnings().find(keys.beginnings(), filter -> true);
      }
      if (keys.beginsAnyhow()) {
        return ends().find(keys.ends(), filter -> true);
      }
      if (asked.filter(keys::equals).isEmpty()) {
        if (ends().find(keys.ends(), filter -> true) < 0) {
          return -1;
        }
        mark(keys);
      }
      int mark = question;
      return ends().find(keys.ends(), filter -> markedBy[filter] == mark);
    }

    private void mark(Keys keys) {
      int mark = ++question;
      beginnings()
          .find(
              keys.beginnings(),
              filter -> {
                markedBy[filter] = mark;
                return false;
              });
      asked = Optional.of(keys);
    }

    private Ladder beginnings() {
      if (beginnings.isEmpty()) {
        List<List<String>> texts = filters.stream().map(f -> f.keys().beginnings()).toList();
        beginnings = Optional.of(new Ladder(texts, owners, visited));
      }
      return beginnings.get();
    }

    private Ladder ends() {
      if (ends.isEmpty()) {
        List<List<String>> texts = filters.stream().map(f -> f.keys().ends()).toList();
        ends = Optional.of(new Ladder(texts, owners, visited));
      }
      return ends.get();
    }
  }
}
