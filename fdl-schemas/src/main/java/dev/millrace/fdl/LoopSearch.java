package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.FunctionName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Searches for loops in two steps: the knots, which are the sets of functions that all lead to each
 * other (Kosaraju's algorithm, from the fresh ones on), and in each of these the shortest ways
 * back.
 */
final class LoopSearch {
  private final List<FunctionSpec> functions;
  private final int fresh;
  private final List<List<Filter>> inputs = new ArrayList<>();
  private final List<List<Filter>> outputs = new ArrayList<>();

  /** The first {@code fresh} of the functions are those whose loops are wanted. */
  LoopSearch(List<FunctionSpec> functions, int fresh) {
    this.functions = List.copyOf(functions);
    this.fresh = fresh;
    for (int i = 0; i < functions.size(); i++) {
      FunctionSpec function = functions.get(i);
      List<Filter> in = new ArrayList<>();
      for (InputRule rule : function.inputs()) {
        in.add(Filter.of(i, in.size(), rule));
      }
      inputs.add(in);
      List<Filter> out = new ArrayList<>();
      for (OutputRule rule : function.outputs()) {
        out.add(Filter.of(i, out.size(), rule));
      }
      outputs.add(out);
    }
  }

  Loops loops() {
    List<Loop> named = new ArrayList<>();
    List<FunctionName> more = new ArrayList<>();
    for (List<Integer> knot : knots()) {
      search(knot, named, more);
    }
    return new Loops(named, more);
  }

  /** Those with a fresh function in them, by their first one; the functions of each in order. */
  private List<List<Integer>> knots() {
    List<Integer> finished = finished();
    Sweep back =
        new Sweep(
            finished.stream().flatMap(f -> outputs.get(f).stream()).toList(), functions.size());
    List<List<Integer>> knots = new ArrayList<>();
    for (int root : finished.reversed()) {
      if (!back.isVisited(root)) {
        List<Integer> knot = leadingTo(root, back);
        Collections.sort(knot);
        if (knot.getFirst() < fresh) {
          knots.add(knot);
        }
      }
    }
    knots.sort(Comparator.comparing(List::getFirst));
    return knots;
  }

  /** What fresh functions reach, each when all that it leads to has been. */
  private List<Integer> finished() {
    Sweep onward = new Sweep(inputs.stream().flatMap(List::stream).toList(), functions.size());
    List<Integer> finished = new ArrayList<>();
    Deque<Visit> stack = new ArrayDeque<>();
    for (int start = 0; start < fresh; start++) {
      if (!onward.isVisited(start)) {
        onward.visit(start);
        stack.push(new Visit(start, new ArrayDeque<>(outputs.get(start))));
      }
      while (!stack.isEmpty()) {
        Visit at = stack.element();
        Optional<Filter> hit = next(at.untried(), onward);
        if (hit.isPresent()) {
          int to = hit.get().function();
          onward.visit(to);
          stack.push(new Visit(to, new ArrayDeque<>(outputs.get(to))));
        } else {
          finished.add(stack.pop().function());
        }
      }
    }
    return finished;
  }

  private static Optional<Filter> next(Deque<Filter> untried, Sweep sweep) {
    while (!untried.isEmpty()) {
      Optional<Filter> hit = sweep.take(untried.element());
      if (hit.isPresent()) {
        return hit;
      }
      untried.remove();
    }
    return Optional.empty();
  }

  private List<Integer> leadingTo(int root, Sweep back) {
    List<Integer> knot = new ArrayList<>(List.of(root));
    back.visit(root);
    for (int i = 0; i < knot.size(); i++) {
      Deque<Filter> untried = new ArrayDeque<>(inputs.get(knot.get(i)));
      Optional<Filter> hit = next(untried, back);
      while (hit.isPresent()) {
        back.visit(hit.get().function());
        knot.add(hit.get().function());
        hit = next(untried, back);
      }
    }
    return knot;
  }

  private void search(List<Integer> knot, List<Loop> named, List<FunctionName> more) {
    List<Filter> landings = knot.stream().flatMap(f -> inputs.get(f).stream()).toList();
    Set<Integer> told = new HashSet<>();
    for (int function : knot) {
      if (function >= fresh || told.contains(function)) {
        continue;
      }
      if (named.size() >= Loops.NAMED_MAX && knot.size() > 1) {
        more.add(functions.get(function).name());
        continue;
      }
      List<Hop> way = shortestWayBack(function, new Sweep(landings, functions.size()));
      if (way.isEmpty()) {
        continue;
      }
      if (named.size() >= Loops.NAMED_MAX) {
        more.add(functions.get(function).name());
      } else {
        way.forEach(hop -> told.add(hop.output().function()));
        named.add(new Loop(way.stream().map(this::step).toList()));
      }
    }
  }

  /** Breadth first from a function to itself; none where it is a knot alone and leads elsewhere. */
  private List<Hop> shortestWayBack(int start, Sweep sweep) {
    Map<Integer, Hop> reachedBy = new HashMap<>();
    Deque<Integer> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty()) {
      for (Filter output : outputs.get(queue.remove())) {
        Optional<Filter> hit = sweep.take(output);
        while (hit.isPresent()) {
          int to = hit.get().function();
          sweep.visit(to);
          reachedBy.put(to, new Hop(output, hit.get()));
          if (to == start) {
            return wayBack(start, reachedBy);
          }
          queue.add(to);
          hit = sweep.take(output);
        }
      }
    }
    return List.of();
  }

  private static List<Hop> wayBack(int start, Map<Integer, Hop> reachedBy) {
    List<Hop> way = new ArrayList<>();
    int at = start;
    do {
      Hop hop = Objects.requireNonNull(reachedBy.get(at));
      way.add(hop);
      at = hop.output().function();
    } while (at != start);
    Collections.reverse(way);
    return way;
  }

  private Loop.Step step(Hop hop) {
    FunctionSpec from = functions.get(hop.output().function());
    FunctionSpec to = functions.get(hop.input().function());
    return new Loop.Step(
        from.name(), from.outputs().get(hop.output().rule()), to.inputs().get(hop.input().rule()));
  }

  private record Visit(int function, Deque<Filter> untried) {}

  private record Hop(Filter output, Filter input) {}
}
