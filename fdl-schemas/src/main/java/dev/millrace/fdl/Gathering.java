package dev.millrace.fdl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is the same for several functions, told once and with their names. */
public final class Gathering {
  private static final int NAMES = 6;

  private final Map<String, List<Item>> groups = new LinkedHashMap<>();

  /**
   * Something that is said of a function.
   *
   * @param alone as it is said of this one alone
   * @param start what stands before the functions when it is said of several
   * @param function its name; empty when it is said of none
   * @param text what stands behind them; the same for those that are told together
   */
  public record Item(String alone, String start, String function, String text) {}

  /** One more. */
  public Gathering add(Item item) {
    String key = item.function().isEmpty() ? "alone " + groups.size() : "of " + item.text();
    groups.computeIfAbsent(key, text -> new ArrayList<>()).add(item);
    return this;
  }

  /** A line each, in the order of the first of those that are told together. */
  public List<String> lines() {
    return groups.values().stream().flatMap(group -> lines(group).stream()).toList();
  }

  private static List<String> lines(List<Item> group) {
    Set<String> functions = new LinkedHashSet<>();
    group.forEach(item -> functions.add(item.function()));
    if (functions.size() < 2) {
      return group.stream().map(Item::alone).toList();
    }
    String names = String.join(", ", functions.stream().limit(NAMES).toList());
    return List.of(
        group.getFirst().start()
            + functions.size()
            + " functions: "
            + names
            + (functions.size() > NAMES ? " ..." : "")
            + ": "
            + group.getFirst().text());
  }
}
