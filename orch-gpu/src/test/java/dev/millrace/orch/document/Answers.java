package dev.millrace.orch.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds real answers against what the document says of them. */
public record Answers(ObjectNode document) {
  /** A real answer. */
  public record Given(String method, String path, int status, String contentType, JsonNode body) {}

  /** Everything in which an answer is not as the document says. */
  public List<String> wrong(Given given) {
    JsonNode operation = document.at("/paths").path(given.path()).path(given.method());
    JsonNode response = operation.path("responses").path(Integer.toString(given.status()));
    if (response.has("$ref")) {
      response = document.at(response.get("$ref").asText().substring(1));
    }
    if (response.isMissingNode()) {
      return List.of(given + ": the document knows no such status");
    }
    JsonNode content = response.path("content").path(given.contentType());
    if (content.isMissingNode()) {
      return List.of(given + ": the document knows no such media type");
    }
    Set<ValidationMessage> messages = schema(content.get("schema")).validate(given.body());
    return messages.stream()
        .map(message -> given.method() + " " + given.path() + ": " + message)
        .collect(Collectors.toList());
  }

  private JsonSchema schema(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.get("components"));
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(whole, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
  }

  /** Paths of the document with the method, for instance {@code GET /v1/jobs}. */
  public static Map<String, JsonNode> operations(JsonNode document) {
    Map<String, JsonNode> found = new java.util.TreeMap<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method ->
                    found.put(
                        method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey(),
                        method.getValue())));
    return found;
  }

  /** Roles that an operation names. */
  public static Set<String> roles(JsonNode operation) {
    Set<String> roles = new java.util.TreeSet<>();
    if (operation.get("x-roles") instanceof ArrayNode named) {
      named.forEach(role -> roles.add(role.asText()));
    }
    return roles;
  }
}
