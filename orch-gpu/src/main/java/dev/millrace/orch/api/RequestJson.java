package dev.millrace.orch.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Reads what clients send: what may be null may be left out. */
final class RequestJson {
  private RequestJson() {}

  static <T extends Record> T read(byte[] body, Class<T> type) throws MalformedJson {
    JsonNode tree = Json.tree(body);
    if (tree instanceof ObjectNode object) {
      for (RecordComponent component : type.getRecordComponents()) {
        boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        if (optional && !object.has(component.getName())) {
          object.putNull(component.getName());
        }
      }
    }
    return Json.read(Json.bytes(tree), type);
  }
}
