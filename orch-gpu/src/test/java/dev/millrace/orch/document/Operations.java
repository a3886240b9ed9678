package dev.millrace.orch.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.orch.api.ApiServer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What people should know of each route, as operations.yaml tells it. */
public record Operations(
    Map<String, Operation> byRoute, Map<String, Map<String, Object>> parameters) {
  /**
   * One of them.
   *
   * @param with names of its parameters beside the path's
   * @param request the body's shape; empty for none
   * @param ok shapes of answers by status
   * @param problems statuses, beside those that all have
   * @param secret what it is secured by, where not by a token
   */
  public record Operation(
      String id,
      String tag,
      String summary,
      String description,
      List<String> with,
      String request,
      Map<Integer, String> ok,
      List<Integer> problems,
      String secret) {}

  /** Reads the resource beside the API's tests. */
  @SuppressWarnings("unchecked")
  public static Operations read() throws IOException {
    try (InputStream in =
        Operations.class.getResourceAsStream("/dev/millrace/orch/api/operations.yaml")) {
      Map<String, Object> root = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
      Map<String, Operation> byRoute = new LinkedHashMap<>();
      ((Map<String, Map<String, Object>>) root.get("operations"))
          .forEach((route, told) -> byRoute.put(route, operation(told)));
      return new Operations(byRoute, (Map<String, Map<String, Object>>) root.get("parameters"));
    }
  }

  @SuppressWarnings("unchecked")
  private static Operation operation(Map<String, Object> told) {
    return new Operation(
        (String) told.get("id"),
        (String) told.get("tag"),
        (String) told.get("summary"),
        (String) told.getOrDefault("description", ""),
        (List<String>) told.getOrDefault("with", List.of()),
        (String) told.getOrDefault("request", ""),
        (Map<Integer, String>) told.get("ok"),
        (List<Integer>) told.getOrDefault("problems", List.of()),
        (String) told.getOrDefault("secret", ""));
  }

  /** What is told of a route. */
  Operation of(ApiServer.Route route) {
    String key = route.method() + " " + route.path();
    Operation told = byRoute.get(key);
    if (told == null) {
      throw new AssertionError("operations.yaml says nothing of " + key + ": add it there");
    }
    return told;
  }

  /** Records that come in requests. */
  Set<Class<?>> asked(Map<String, Class<?>> types) {
    return byRoute.values().stream()
        .map(Operation::request)
        .filter(types::containsKey)
        .map(types::get)
        .flatMap(Operations::parts)
        .collect(Collectors.toSet());
  }

  private static Stream<Class<?>> parts(Class<?> type) {
    return type.isRecord()
        ? Stream.concat(
            Stream.of(type),
            Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .filter(Class::isRecord)
                .flatMap(Operations::parts))
        : Stream.of(type);
  }

  /** A parameter as the document has it. */
  ObjectNode parameter(String name, boolean inPath) {
    Map<String, Object> told =
        inPath && parameters.containsKey(name + "*")
            ? parameters.get(name + "*")
            : parameters.get(name);
    ObjectNode parameter = JsonNodeFactory.instance.objectNode();
    parameter.put("name", name.replace("*", "")).put("in", (String) told.get("in"));
    parameter.put("description", (String) told.get("description"));
    parameter.put("required", inPath || Boolean.TRUE.equals(told.get("required")));
    ObjectNode schema = parameter.putObject("schema").put("type", (String) told.get("type"));
    for (String bound : List.of("minimum", "maximum")) {
      if (told.get(bound) instanceof Integer limit) {
        schema.put(bound, limit);
      }
    }
    return parameter;
  }
}
