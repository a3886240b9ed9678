package dev.millrace.fdl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A file in JSON, which is YAML too, with a value put somewhere. */
final class SchemaDocument {
  /** Something of every language, with all that must be there. */
  private static final String BASE =
      """
      {"functions": {
        "millrace": [{"name": "m", "image": "debian", "script": "m.sh",
          "accelerator": {"kind": "gpu", "memory": "1Gi"},
          "retry": {}, "price": {"currency": "EUR", "per_mib_second": 0.001}, "environment": {},
          "input": [{"path": "box/a"}], "output": [{"path": "box/b"}]}],
        "oscar": [{"name": "o", "image": "debian", "script": "o.sh", "environment": {},
          "storage_providers": {"any": {"any": {}}},
          "input": [{"path": "box/c"}], "output": [{"path": "box/d"}]},
          {"cluster": {"name": "p", "image": "debian", "script": "p.sh"}}],
        "aws": [{"lambda": {"name": "l", "container": {"image": "debian", "environment": {}},
          "input": [{"path": "box/e"}], "output": [{"path": "box/f"}]},
          "batch": {"multi_node_parallel": {}}}]},
       "storage_providers": {"any": {"any": {}}}}
      """;

  private final ObjectNode root = (ObjectNode) SchemaKeys.parsed(BASE);

  /** The document with a value at a place; maps and lists on the way are made. */
  static SchemaDocument with(String place, String key, JsonNode value) {
    SchemaDocument document = new SchemaDocument();
    JsonNode at = document.root;
    List<String> steps = List.of(place.replace("[", ".[").split("\\."));
    for (int i = 0; i < steps.size() && !place.isEmpty(); i++) {
      boolean list = i + 1 < steps.size() && steps.get(i + 1).startsWith("[");
      at = child(at, steps.get(i), list);
    }
    ObjectNode map = (ObjectNode) at;
    if (key.equals("per_gib_hour")) {
      map.remove("per_mib_second");
    }
    map.set(key, value);
    return document;
  }

  private static JsonNode child(JsonNode parent, String step, boolean list) {
    if (parent instanceof ArrayNode array) {
      int index = Integer.parseInt(step.substring(1, step.length() - 1));
      while (array.size() <= index) {
        array.addObject();
      }
      return array.get(index);
    }
    ObjectNode map = (ObjectNode) parent;
    JsonNode there = map.path(step);
    boolean fits = list ? there.isArray() : there.isObject();
    return fits ? there : list ? map.putArray(step) : map.putObject(step);
  }

  JsonNode json() {
    return root;
  }

  byte[] bytes() {
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }
}
