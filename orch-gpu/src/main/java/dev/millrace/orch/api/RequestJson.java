package dev.millrace.orch.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.fdl.Nearest;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what clients send: what may be null may be left out, what is unknown is refused. */
final class RequestJson {
  private static final int SHOWN = 40;

  private RequestJson() {}

  static <T extends Record> T read(byte[] body, Class<T> type) throws MalformedJson {
    JsonNode tree = Json.tree(body);
    complete(tree, type);
    return Json.read(Json.bytes(tree), type);
  }

  private static void complete(JsonNode tree, Class<?> type) throws MalformedJson {
    if (!(tree instanceof ObjectNode object) || !type.isRecord()) {
      return;
    }
    RecordComponent[] components = type.getRecordComponents();
    refuseUnknown(object, Arrays.stream(components).map(RecordComponent::getName).toList());
    for (RecordComponent component : components) {
      boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (object.has(component.getName())) {
        complete(object.get(component.getName()), component.getType());
      } else if (optional) {
        object.putNull(component.getName());
      }
    }
  }

  private static void refuseUnknown(ObjectNode object, List<String> known) throws MalformedJson {
    for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!known.contains(name)) {
        String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
        throw new MalformedJson(
            "there is no key '"
                + shown
                + "' here"
                + Nearest.to(name, known).map(near -> "; did you mean '" + near + "'?").orElse(".")
                + " Known: "
                + String.join(", ", known));
      }
    }
  }
}
