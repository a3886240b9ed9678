package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Node;
import dev.millrace.fdl.yaml.Spot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A map whose keys are taken one by one; each key that was asked for is a known one. */
final class Section {
  private static final int MISTYPED_MAX = 20;

  private final Node.Mapping mapping;
  private final String path;
  private final Problems problems;
  private final Map<String, Node.Entry> entries = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  Section(Node.Mapping mapping, String path, Problems problems) {
    this.mapping = mapping;
    this.path = path;
    this.problems = problems;
    mapping.entries().forEach(e -> entries.put(e.key().text(), e));
  }

  Spot spot() {
    return mapping.spot();
  }

  String path() {
    return path;
  }

  Problems problems() {
    return problems;
  }

  /** The value of a key; empty when it is not there or null. */
  Optional<Field> field(String key) {
    ask(key);
    return Optional.ofNullable(entries.get(key)).map(this::field).filter(f -> !f.isNull());
  }

  /** The value of a key, or a problem. */
  Optional<Field> required(String key) {
    Optional<Field> field = field(key);
    if (field.isEmpty()) {
      error(Finding.of("key '" + key + "' is missing"));
    }
    return field;
  }

  /**
   * A problem when the first of these keys is not there, and no unknown key is a misspelling of one
   * of them. To be asked when all keys are known.
   */
  void missing(String message, List<String> keys) {
    boolean mistyped =
        unknown().stream()
            .limit(MISTYPED_MAX)
            .anyMatch(key -> Nearest.to(key, known).filter(keys::contains).isPresent());
    if (field(keys.getFirst()).isEmpty() && !mistyped) {
      error(Finding.of(message));
    }
  }

  /** The value of a key that has two spellings; given in both is a problem. */
  Optional<Field> either(String key, String other) {
    Optional<Field> one = field(key);
    Optional<Field> two = field(other);
    if (one.isPresent() && two.isPresent()) {
      two.get().error(Finding.of("'" + key + "' and '" + other + "' are the same; keep one"));
    }
    return one.or(() -> two);
  }

  /** The value of a key that is there, null or not. */
  Field present(String key) {
    ask(key);
    return field(Objects.requireNonNull(entries.get(key), key));
  }

  /** Whether a key has a map; does not make it known. */
  boolean isMap(String key) {
    Node.Entry entry = entries.get(key);
    return entry != null && entry.value() instanceof Node.Mapping;
  }

  /** The keys of the map that a key has, none where it has none; does not make it known. */
  Set<String> keysOf(String key) {
    Node.Entry entry = entries.get(key);
    return entry == null ? Set.of() : field(entry).keys();
  }

  /** Whether a key holds a list; does not make it known. */
  boolean isList(String key) {
    Node.Entry entry = entries.get(key);
    return entry != null && entry.value() instanceof Node.Sequence;
  }

  /** Whether a key says something; does not make it known. */
  boolean has(String key) {
    Node.Entry entry = entries.get(key);
    return entry != null && !field(entry).isNull();
  }

  /** The keys, in the order of the file. */
  List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  void error(Finding finding) {
    problems.error(spot(), path, finding);
  }

  void warn(Finding finding) {
    problems.warn(spot(), path, finding);
  }

  /** A warning at a key. */
  void warn(String key, Finding finding) {
    problems.warn(keySpot(key), at(key), finding);
  }

  /** Every key that nobody asked for is an error. */
  void refuseUnknown() {
    unknown().forEach(key -> problems.error(keySpot(key), at(key), unknownKey(key)));
  }

  /** Every key that nobody asked for is ignored, with a warning. */
  void warnUnknown() {
    unknown().forEach(key -> problems.warn(keySpot(key), at(key), unknownKey(key)));
  }

  private void ask(String key) {
    known.add(key);
    problems.asked(path, key);
  }

  private List<String> unknown() {
    return entries.keySet().stream().filter(key -> !known.contains(key)).toList();
  }

  private Finding unknownKey(String key) {
    if (problems.full()) {
      return Finding.of("unknown key");
    }
    Optional<String> near = Nearest.to(key, known);
    boolean few = near.isEmpty() && known.size() <= 12;
    String allowed = few ? String.join(", ", known) : null;
    return new Finding("unknown key", null, allowed, null).near(near);
  }

  private Field field(Node.Entry entry) {
    Node value = entry.value();
    boolean nothing = value instanceof Node.Scalar scalar && scalar.isNull();
    Node placed = nothing ? new Node.Scalar("", true, entry.key().spot()) : value;
    return new Field(placed, at(entry.key().text()), problems);
  }

  private Spot keySpot(String key) {
    Node.Entry entry = entries.get(key);
    return entry == null ? spot() : entry.key().spot();
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
