package dev.millrace.fdl.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * SnakeYAML's graph into our tree: aliases are written out, within limits, so that no reader of the
 * tree meets a cycle or a bomb.
 */
final class TreeBuilder {
  static final int MAX_NODES = 100_000;
  static final int MAX_DEPTH = 60;

  /** Keys and texts, each as often as it is written out. */
  static final int MAX_CHARACTERS = SourceText.MAX_BYTES;

  /** What YAML asks of a key that stands on one line; paths are made of keys. */
  static final int MAX_KEY = 1_024;

  private static final int MAX_PATH = 4 * MAX_KEY;
  private static final int MAX_FAULTS = 500;
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(UntypedResolver.PLAIN, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

  /** Which one is not said: it may be the beginning of a password. */
  static final String TAGGED =
      "tags are not allowed; a text that begins with '!' belongs in quotes";

  private static final String MERGE = "<<";

  private final List<Fault> faults = new ArrayList<>();
  private int nodes;
  private long characters;

  List<Fault> faults() {
    return faults;
  }

  Node build(org.yaml.snakeyaml.nodes.Node node, String path, int depth) {
    Spot spot = spot(node);
    if (++nodes > MAX_NODES) {
      throw new Refused(spot, "more than " + MAX_NODES + " elements once aliases are written out");
    }
    if (depth > MAX_DEPTH) {
      throw new Refused(
          spot, "an alias contains itself, or aliases nest deeper than " + MAX_DEPTH + " levels");
    }
    return switch (node) {
      case ScalarNode scalar -> scalar(scalar, path);
      case SequenceNode sequence -> sequence(sequence, path, depth);
      case MappingNode mapping -> mapping(mapping, path, depth);
      default -> throw new Refused(spot, "an element of an unknown sort");
    };
  }

  private Node.Scalar scalar(ScalarNode node, String path) {
    characters += node.getValue().length();
    if (characters > MAX_CHARACTERS) {
      throw new Refused(
          spot(node), "more than " + MAX_CHARACTERS + " characters once aliases are written out");
    }
    Tag tag = node.getTag();
    boolean plain = PLAIN_TAGS.contains(tag);
    if (!plain && !tag.equals(Tag.STR)) {
      fault(new Fault(spot(node), path, TAGGED));
    }
    if (halved(node.getValue())) {
      fault(new Fault(spot(node), path, "half a character, an escape of a lone surrogate"));
    }
    return new Node.Scalar(node.getValue(), plain, spot(node));
  }

  /** Whether a surrogate stands alone: no encoding can write that. */
  private static boolean halved(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int point = text.codePointAt(i);
        if (!Character.isSupplementaryCodePoint(point)) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private Node.Sequence sequence(SequenceNode node, String path, int depth) {
    refuseTag(node, Tag.SEQ, path);
    List<Node> items = new ArrayList<>();
    for (org.yaml.snakeyaml.nodes.Node item : node.getValue()) {
      items.add(build(item, below(path, "[" + items.size() + "]"), depth + 1));
    }
    return new Node.Sequence(items, spot(node));
  }

  private Node.Mapping mapping(MappingNode node, String path, int depth) {
    refuseTag(node, Tag.MAP, path);
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    List<Node.Entry> merged = new ArrayList<>();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        fault(new Fault(spot(tuple.getKeyNode()), path, "a key must be text"));
        continue;
      }
      Node.Scalar key = scalar(keyNode, path);
      if (key.text().length() > MAX_KEY) {
        fault(new Fault(key.spot(), path, "a key has more than " + MAX_KEY + " characters"));
        continue;
      }
      String at = below(path, path.isEmpty() ? key.text() : "." + key.text());
      Node value = build(tuple.getValueNode(), at, depth + 1);
      if (key.plain() && key.text().equals(MERGE)) {
        merge(value, at, merged);
        continue;
      }
      Node.Entry first = entries.putIfAbsent(key.text(), new Node.Entry(key, value));
      if (first != null) {
        Spot one = first.key().spot();
        String where = "line " + one.line() + ", column " + one.column();
        fault(new Fault(key.spot(), at, "key given twice; first at " + where));
      }
    }
    for (Node.Entry entry : merged) {
      entries.putIfAbsent(entry.key().text(), entry);
    }
    return new Node.Mapping(List.copyOf(entries.values()), spot(node));
  }

  private void merge(Node value, String path, List<Node.Entry> into) {
    switch (value) {
      case Node.Mapping map -> into.addAll(map.entries());
      case Node.Sequence list -> {
        for (Node item : list.items()) {
          if (item instanceof Node.Mapping map) {
            into.addAll(map.entries());
          } else {
            fault(new Fault(item.spot(), path, "'<<' merges maps only"));
          }
        }
      }
      case Node.Scalar other ->
          fault(new Fault(other.spot(), path, "'<<' merges a map or a list of maps"));
    }
  }

  /** The path of something inside; no longer than anyone reads, since each element has one. */
  private static String below(String path, String step) {
    return path.length() > MAX_PATH ? path : path + step;
  }

  private void fault(Fault fault) {
    if (faults.size() == MAX_FAULTS) {
      throw new Refused(fault.spot(), "more than " + MAX_FAULTS + " faults before this one");
    }
    faults.add(fault);
  }

  private void refuseTag(org.yaml.snakeyaml.nodes.Node node, Tag expected, String path) {
    if (!node.getTag().equals(expected)) {
      fault(new Fault(spot(node), path, TAGGED));
    }
  }

  private static Spot spot(org.yaml.snakeyaml.nodes.Node node) {
    return new Spot(node.getStartMark().getLine() + 1, node.getStartMark().getColumn() + 1);
  }
}
