package dev.millrace.fdl.yaml;

import java.util.List;

/** A piece of YAML as it was written: no scalar has a type before a field asks for one. */
public sealed interface Node {
  /** Where it begins. */
  Spot spot();

  /**
   * A text.
   *
   * @param plain written without quotes, so that {@code null}, {@code true} and numbers are meant
   */
  record Scalar(String text, boolean plain, Spot spot) implements Node {
    /** Whether nothing was written, or {@code ~}, or {@code null}. */
    public boolean isNull() {
      return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
    }
  }

  /** A list. */
  record Sequence(List<Node> items, Spot spot) implements Node {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  /** A map; no key comes twice, and merge keys have been carried out. */
  record Mapping(List<Entry> entries, Spot spot) implements Node {
    public Mapping {
      entries = List.copyOf(entries);
    }
  }

  /** One line of a map. */
  record Entry(Scalar key, Node value) {}
}
