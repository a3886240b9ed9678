package dev.millrace.orch.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Puts the document together: routes, records, what people should know, and real answers. */
public final class OpenApi {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern IN_PATH = Pattern.compile("\\{(\\w+)\\}");
  private static final Map<Integer, String> PROBLEMS =
      Map.ofEntries(
          Map.entry(400, "The request is not as it should be; `detail` says where."),
          Map.entry(401, "No token that is known here, or an expired one."),
          Map.entry(403, "The token's role may not do this."),
          Map.entry(404, "There is no such thing."),
          Map.entry(406, "The request's Accept does not take what is answered here."),
          Map.entry(408, "The body did not come in time."),
          Map.entry(409, "Not as things stand; `detail` says why."),
          Map.entry(410, "It is gone; `detail` says why."),
          Map.entry(416, "It has less than was asked for."),
          Map.entry(413, "The body is larger than is taken here."),
          Map.entry(415, "The body is not said to be JSON."),
          Map.entry(422, "Understood, and refused; `problems` lists why."),
          Map.entry(500, "The coordinator failed; its log says more under the request's id."),
          Map.entry(502, "The store failed, and asking again will not help."),
          Map.entry(503, "Not now: ask again after the seconds that Retry-After says."));

  private final Operations operations;
  private final RecordSchemas schemas;
  private final Map<String, Class<?>> types;

  /**
   * @param types records of bodies, by the names that operations call them by
   */
  public OpenApi(Operations operations, RecordTexts texts, Map<String, Class<?>> types) {
    this.operations = operations;
    this.types = Map.copyOf(types);
    Set<Class<?>> asked = operations.asked(this.types);
    this.schemas = new RecordSchemas(texts, asked);
  }

  /**
   * The document.
   *
   * @param examples JSON of real answers by operationId
   */
  public ObjectNode document(
      List<ApiServer.Route> routes, String version, Map<String, JsonNode> examples) {
    ObjectNode root = NODES.objectNode();
    root.put("openapi", "3.1.0");
    ObjectNode info = root.putObject("info");
    info.put("title", "Millrace coordinator");
    info.put("summary", "GPU functions on your own buckets");
    info.put(
        "description",
        "Errors are problem+json (RFC 9457), with `next`: what to do about it. Lists come in pages;"
            + " cursors are opaque. docs/api.md tells how to call it.");
    info.put("version", version);
    info.putObject("license").put("name", "Apache-2.0").put("identifier", "Apache-2.0");
    root.putArray("servers").addObject().put("url", "/").put("description", "This coordinator");
    root.putArray("security").addObject().putArray("token");
    ObjectNode paths = root.putObject("paths");
    routes.stream()
        .sorted(Comparator.comparing(ApiServer.Route::path).thenComparing(ApiServer.Route::method))
        .forEach(route ->
            paths
                .withObjectProperty(route.path())
                .set(
                    route.method().toLowerCase(Locale.ROOT),
                    operation(route, operations.of(route), examples)));
    root.set("components", components());
    return root;
  }

  private ObjectNode operation(
      ApiServer.Route route, Operations.Operation told, Map<String, JsonNode> examples) {
    ObjectNode operation = NODES.objectNode();
    operation.putArray("tags").add(told.tag());
    operation.put("operationId", told.id());
    operation.put("summary", told.summary());
    if (!told.description().isEmpty()) {
      operation.put("description", told.description());
    }
    ArrayNode parameters = NODES.arrayNode();
    Matcher inPath = IN_PATH.matcher(route.path());
    while (inPath.find()) {
      parameters.add(operations.parameter(inPath.group(1), true));
    }
    told.with().forEach(name -> parameters.add(operations.parameter(name, false)));
    if (!parameters.isEmpty()) {
      operation.set("parameters", parameters);
    }
    if (!told.request().isEmpty()) {
      operation.putObject("requestBody").put("required", true).set("content", body(told.request()));
    }
    operation.set("responses", responses(route, told, examples.get(told.id())));
    secure(operation, route, told);
    return operation;
  }

  private static void secure(
      ObjectNode operation, ApiServer.Route route, Operations.Operation told) {
    if (route.roles().isEmpty()) {
      ArrayNode security = operation.putArray("security");
      if (!told.secret().isEmpty()) {
        security.addObject().putArray(told.secret());
      }
      return;
    }
    ArrayNode roles = operation.putArray("x-roles");
    Stream.of(Role.values())
        .filter(route.roles()::contains)
        .forEach(role -> roles.add(role.name().toLowerCase(Locale.ROOT)));
  }

  private ObjectNode responses(
      ApiServer.Route route,
      Operations.Operation told,
      @org.jspecify.annotations.Nullable JsonNode example) {
    ObjectNode responses = NODES.objectNode();
    told.ok()
        .forEach((status, shape) -> {
          ObjectNode answer = responses.putObject(Integer.toString(status));
          answer.put("description", status == 204 ? "Done." : "The answer.");
          ObjectNode headers = answer.putObject("headers");
          headers.putObject("X-Request-Id").put("$ref", "#/components/headers/X-Request-Id");
          if (told.with().contains("cursor")) {
            headers.putObject("Link").put("$ref", "#/components/headers/Link");
          }
          if (told.with().contains("If-None-Match")) {
            headers.putObject("ETag").put("$ref", "#/components/headers/ETag");
          }
          if (!shape.equals("nothing")) {
            ObjectNode content = body(shape);
            if (example != null) {
              ((ObjectNode) content.elements().next()).set("example", example);
            }
            answer.set("content", content);
          }
        });
    if (told.with().contains("If-None-Match")) {
      responses.putObject("304").put("description", "Nothing changed.");
    }
    Set<Integer> problems = new TreeSet<>(told.problems());
    problems.addAll(Set.of(406, 500));
    if (!route.roles().isEmpty()) {
      problems.addAll(Set.of(401, 403));
    }
    problems.forEach(status ->
        responses
            .putObject(Integer.toString(status))
            .put("$ref", "#/components/responses/" + status));
    return responses;
  }

  private ObjectNode body(String shape) {
    ObjectNode content = NODES.objectNode();
    switch (shape) {
      case "text" -> content.putObject("text/plain").putObject("schema").put("type", "string");
      case "events" ->
          content.putObject("text/event-stream").putObject("schema").put("type", "string");
      case "binary" -> content.putObject("application/octet-stream").putObject("schema");
      case "object" ->
          content.putObject("application/json").putObject("schema").put("type", "object");
      default -> content.putObject("application/json").set("schema", json(shape));
    }
    return content;
  }

  private ObjectNode json(String shape) {
    boolean list = shape.startsWith("[");
    ObjectNode one =
        schemas.reference(types.get(list ? shape.substring(1, shape.length() - 1) : shape));
    if (!list) {
      return one;
    }
    ObjectNode array = NODES.objectNode().put("type", "array");
    array.set("items", one);
    return array;
  }

  private ObjectNode components() {
    ObjectNode components = NODES.objectNode();
    ObjectNode secrets = components.putObject("securitySchemes");
    secrets
        .putObject("token")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "A token; its role says what it may: see x-roles of each operation.");
    secrets
        .putObject("webhook")
        .put("type", "http")
        .put("scheme", "bearer")
        .put("description", "The secret of one store's webhook.");
    ObjectNode headers = components.putObject("headers");
    header(headers, "X-Request-Id", "Names the request, as the coordinator's log does.");
    header(headers, "Link", "The next page, with rel=\"next\"; absent on the last one.");
    header(headers, "ETag", "Names this answer, for If-None-Match.");
    header(headers, "Retry-After", "Seconds after which to ask again.");
    ObjectNode responses = components.putObject("responses");
    ObjectNode problem = schemas.reference(ProblemView.class);
    PROBLEMS.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> {
          ObjectNode response = responses.putObject(entry.getKey().toString());
          response.put("description", entry.getValue());
          if (entry.getKey() == 503) {
            response
                .putObject("headers")
                .putObject("Retry-After")
                .put("$ref", "#/components/headers/Retry-After");
          }
          response
              .putObject("content")
              .putObject(ProblemView.MEDIA_TYPE)
              .set("schema", problem.deepCopy());
        });
    ObjectNode named = components.putObject("schemas");
    schemas.reference(types.get("EventView"));
    schemas.named().forEach(named::set);
    return components;
  }

  private static void header(ObjectNode headers, String name, String description) {
    headers
        .putObject(name)
        .put("description", description)
        .putObject("schema")
        .put("type", "string");
  }

  /** As it is kept: indented, with a line's end at the end. */
  public static byte[] text(JsonNode document) {
    return (Json.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
