package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds loops of buckets: an output that lands among a function's inputs, directly or through
 * others. An output can land in an input when some key can pass the filters of both; whether a
 * function ever writes such a key is not known, so it counts.
 */
public final class Loops {
  private final List<FunctionSpec> functions;
  private final List<List<Edge>> edges = new ArrayList<>();

  private Loops(List<FunctionSpec> functions) {
    this.functions = functions;
    Map<Bucket, List<Target>> inputs = new HashMap<>();
    for (int i = 0; i < functions.size(); i++) {
      for (InputRule in : functions.get(i).inputs()) {
        inputs
            .computeIfAbsent(new Bucket(in.store(), in.bucket()), b -> new ArrayList<>())
            .add(new Target(i, in));
      }
    }
    for (FunctionSpec function : functions) {
      edges.add(edgesOf(function, inputs));
    }
  }

  /**
   * Loops among these functions, each function in at most the first loop that is found for it; at
   * least one loop for every function that is in any.
   */
  public static List<Loop> find(List<FunctionSpec> functions) {
    return new Loops(List.copyOf(functions)).loops();
  }

  private List<Loop> loops() {
    List<Loop> found = new ArrayList<>();
    Set<Integer> told = new HashSet<>();
    for (int i = 0; i < functions.size(); i++) {
      if (!told.contains(i)) {
        List<Hop> way = shortestWayBack(i).orElse(List.of());
        if (!way.isEmpty()) {
          way.forEach(hop -> told.add(hop.from()));
          found.add(new Loop(way.stream().map(this::step).toList()));
        }
      }
    }
    return found;
  }

  /** Breadth first from a function to itself. */
  private Optional<List<Hop>> shortestWayBack(int start) {
    Map<Integer, Hop> reachedBy = new HashMap<>();
    Deque<Integer> next = new ArrayDeque<>(List.of(start));
    while (!next.isEmpty()) {
      int at = next.remove();
      for (Edge edge : edges.get(at)) {
        int to = edge.target().function();
        if (reachedBy.putIfAbsent(to, new Hop(at, edge)) == null) {
          if (to == start) {
            return Optional.of(wayBack(start, reachedBy));
          }
          next.add(to);
        }
      }
    }
    return Optional.empty();
  }

  private static List<Hop> wayBack(int start, Map<Integer, Hop> reachedBy) {
    List<Hop> way = new ArrayList<>();
    int at = start;
    do {
      Hop hop = Objects.requireNonNull(reachedBy.get(at));
      way.add(hop);
      at = hop.from();
    } while (at != start);
    Collections.reverse(way);
    return way;
  }

  private Loop.Step step(Hop hop) {
    Edge edge = hop.edge();
    return new Loop.Step(functions.get(hop.from()).name(), edge.output(), edge.target().input());
  }

  private static List<Edge> edgesOf(FunctionSpec function, Map<Bucket, List<Target>> inputs) {
    List<Edge> edges = new ArrayList<>();
    for (OutputRule out : function.outputs()) {
      for (Target target : inputs.getOrDefault(new Bucket(out.store(), out.bucket()), List.of())) {
        if (canLand(out, target.input())) {
          edges.add(new Edge(out, target));
        }
      }
    }
    return edges;
  }

  /** Whether a key exists that the output can write and the input covers. */
  static boolean canLand(OutputRule out, InputRule in) {
    String outFolder = out.folder().isEmpty() ? "" : out.folder() + "/";
    return anyMeet(
            beginnings(outFolder, out.prefixes()), beginnings(in.keyPrefix(), in.prefixes()), true)
        && anyMeet(ends(out.suffixes()), ends(in.suffixes()), false);
  }

  private static List<String> beginnings(String folder, List<String> prefixes) {
    return prefixes.isEmpty() ? List.of(folder) : prefixes.stream().map(p -> folder + p).toList();
  }

  private static List<String> ends(List<String> suffixes) {
    return suffixes.isEmpty() ? List.of("") : suffixes;
  }

  private static boolean anyMeet(List<String> ours, List<String> theirs, boolean atBeginning) {
    return ours.stream().anyMatch(a -> theirs.stream().anyMatch(b -> meet(a, b, atBeginning)));
  }

  private static boolean meet(String a, String b, boolean atBeginning) {
    return atBeginning ? a.startsWith(b) || b.startsWith(a) : a.endsWith(b) || b.endsWith(a);
  }

  private record Bucket(StoreId store, String name) {}

  private record Target(int function, InputRule input) {}

  private record Edge(OutputRule output, Target target) {}

  private record Hop(int from, Edge edge) {}
}
