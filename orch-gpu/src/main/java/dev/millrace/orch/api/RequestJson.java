package dev.millrace.orch.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;

/** Reads what clients send: what may be null may be left out, what is unknown is refused. */
final class RequestJson {
  private RequestJson() {}

  static <T extends Record> T read(byte[] body, Class<T> type) throws MalformedJson {
    JsonNode tree = Json.tree(body);
    RequestShape.complete(tree, type);
    return Json.read(Json.bytes(tree), type);
  }
}
