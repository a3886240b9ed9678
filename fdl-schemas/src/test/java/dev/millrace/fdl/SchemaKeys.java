package dev.millrace.fdl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that the JSON Schema has, each with the place that it has in a file.
 *
 * @param place of the map that the key stands in, as problems write it
 * @param key the key
 * @param schema what it may be
 */
record SchemaKeys(String place, String key, JsonNode schema) {
  static final ObjectMapper JSON = new ObjectMapper();
  static final JsonNode ROOT = parsed(FdlSchema.text());

  String path() {
    return place.isEmpty() ? key : place + "." + key;
  }

  /** Whether Millrace acts on it. */
  boolean isHonoured() {
    return !schema.has("x-millrace");
  }

  static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** All of them. */
  static List<SchemaKeys> all() {
    List<SchemaKeys> keys = new ArrayList<>();
    walk(ROOT, "", keys);
    return keys;
  }

  private static void walk(JsonNode node, String place, List<SchemaKeys> keys) {
    for (JsonNode map : maps(node)) {
      map.path("properties")
          .properties()
          .forEach(e -> {
            SchemaKeys key = new SchemaKeys(place, e.getKey(), e.getValue());
            keys.add(key);
            walk(e.getValue(), key.path(), keys);
          });
      Optional<JsonNode> free = Optional.of(map.path("additionalProperties"));
      free.filter(JsonNode::isObject)
          .ifPresent(f -> walk(f, place.isEmpty() ? "any" : place + ".any", keys));
      if (map.has("items")) {
        walk(map.get("items"), place + "[0]", keys);
      }
    }
  }

  /** What may stand here: the schema itself, what it refers to, its alternatives. */
  static List<JsonNode> maps(JsonNode node) {
    List<JsonNode> found = new ArrayList<>();
    if (node.has("$ref")) {
      found.addAll(maps(referred(node)));
    }
    node.path("anyOf").forEach(each -> found.addAll(maps(each)));
    if (node.path("then").has("$ref")) {
      found.addAll(maps(node.get("then")));
    }
    found.add(node);
    return found;
  }

  /** What a reference names. */
  static JsonNode referred(JsonNode node) {
    return ROOT.at(node.get("$ref").asText().substring(1));
  }

  /** What may stand at a key of a place; empty when the schema does not know it. */
  static Optional<JsonNode> at(String place, String key) {
    List<JsonNode> nodes = List.of(ROOT);
    for (String step : steps(place)) {
      nodes = nodes.stream().flatMap(n -> below(n, step).stream()).toList();
    }
    return nodes.stream().flatMap(n -> below(n, key).stream()).findFirst();
  }

  private static List<String> steps(String place) {
    return place.isEmpty() ? List.of() : List.of(place.replace("[", ".[").split("\\."));
  }

  private static List<JsonNode> below(JsonNode node, String step) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode map : alternatives(node)) {
      if (step.startsWith("[")) {
        Optional.ofNullable(map.get("items")).ifPresent(found::add);
      } else if (map.path("properties").has(step)) {
        found.add(map.get("properties").get(step));
      } else if (map.path("additionalProperties").isObject()) {
        found.add(map.get("additionalProperties"));
      }
    }
    return found;
  }

  private static List<JsonNode> alternatives(JsonNode node) {
    List<JsonNode> all = new ArrayList<>(maps(node));
    if (node.has("else")) {
      all.addAll(maps(node.get("else")));
    }
    node.path("anyOf").forEach(each -> all.addAll(alternatives(each)));
    if (node.has("$ref")) {
      all.addAll(alternatives(referred(node)));
    }
    return all;
  }
}
