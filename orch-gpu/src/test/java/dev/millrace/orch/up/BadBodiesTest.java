package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies that are wrong, for each route that the document gives a body: every field of every
 * request is left out, made null, and made something else. Each is refused by its name, and nothing
 * is said of what reads it.
 */
final class BadBodiesTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String INNARDS =
      "(?s).*(Exception|[Jj]ackson|dev\\.millrace|java\\.|StreamRead|FAIL_ON|[Cc]reator|`"
          + "|instance of|REDACTED|bound as|[A-Z][a-z]+(Request|View)\\b).*";

  @TempDir private static Path folder;
  private static Site site;
  private static JsonNode document;
  private static String token;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** A body and what its refusal must name. */
  private record Bad(String json, String named) {
    private Bad {
      json = json.replace("\ud800", "\\ud800");
    }

    /** What a secret's body has is never said, nor what it is called. */
    String named(String route) {
      return route.contains("secret") && !named.isEmpty() ? "value" : named;
    }
  }

  @BeforeAll
  static void start() throws IOException {
    site = new Site(folder.resolve("site"), "");
    document = Json.tree(get("/v1/openapi.json"));
    token = java.nio.file.Files.readString(folder.resolve("site/coordinator/token")).strip();
  }

  @AfterAll
  static void stop() throws IOException {
    HTTP.close();
    site.close();
  }

  private static byte[] get(String path) throws IOException {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(site.api().resolve(path)).build(),
              HttpResponse.BodyHandlers.ofByteArray())
          .body();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> everyRouteNamesTheFieldThatIsWrong() {
    Map<String, JsonNode> routes = routes();
    assertThat(routes.keySet())
        .contains(
            "POST /v1/functions",
            "POST /v1/uploads",
            "POST /v1/downloads",
            "POST /v1/ledger/verify",
            "POST /v1/tokens",
            "POST /v1/providers",
            "PUT /v1/secrets/{secret}");
    return routes.entrySet().stream()
        .map(entry ->
            DynamicTest.dynamicTest(
                entry.getKey(), () -> refusesAll(entry.getKey(), entry.getValue())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"claim", "url", "renew", "settle", "followed", "printed"})
  void whatRunsSendIsRefusedToo(String operation) throws Exception {
    List<Bad> all = new ArrayList<>(broken("{}"));
    String nulls =
        Stream.of("order", "run", "want", "counter", "manifest", "provider", "known", "patience")
            .map(name -> "\"" + name + "\":null")
            .collect(Collectors.joining(",", "{", "}"));
    String run = "{\"attempt\":{\"job\":null,\"number\":1},\"run\":null,\"token\":1}";
    for (String text :
        List.of("{}", nulls, "{\"run\":" + run + ",\"want\":{\"type\":\"Input\"},\"counter\":1}")) {
      all.add(new Bad(text, ""));
    }

    for (Bad bad : all) {
      byte[] body = bad.json().getBytes(StandardCharsets.UTF_8);
      isRefused(
          send("POST /v1/runs/" + operation, body),
          bad.json().substring(0, Math.min(99, bad.json().length())));
    }
  }

  private static void refusesAll(String route, JsonNode schema) throws Exception {
    List<Bad> all = new ArrayList<>();
    object(all, schema, "", text -> text);
    String good = fitting(schema).toString();
    all.addAll(broken(good));

    for (Bad bad : all) {
      HttpResponse<byte[]> answer = send(route, bad.json().getBytes(StandardCharsets.UTF_8));
      isRefused(answer, bad.json().length() > 200 ? bad.json().substring(0, 200) : bad.json());
      assertThat(problem(answer).detail()).as(bad.json()).contains(bad.named(route));
    }
    byte[] notUtf8 = ("{\"#\":1" + good.substring(1)).getBytes(StandardCharsets.UTF_8);
    notUtf8[2] = (byte) 0xff;
    isRefused(send(route, notUtf8), "not UTF-8");
    assertThat(all).hasSizeGreaterThan(15);
  }

  /** What is wrong whatever the shape. */
  private static List<Bad> broken(String good) {
    String rest = good.length() > 2 ? "," + good.substring(1) : "}";
    List<Bad> all = new ArrayList<>();
    for (String text :
        List.of(
            "",
            "{",
            good + "}",
            good + " {}",
            "{\"deep\":" + "[".repeat(100_000) + "]".repeat(100_000) + rest,
            "{\"deep\":" + "[".repeat(100_000),
            "{\"long\":" + "9".repeat(10_000) + rest,
            "{\"" + "n".repeat(100_000) + "\":1" + rest,
            "{\"a\":1,\"a\":2" + rest,
            "{\"nul\u0000\":nul}",
            "{\"half \\ud800\":1" + rest,
            "{\"" + "\ud83d\ude00".repeat(40) + "\":1" + rest,
            "{'a':1}",
            "\ufeff\ufeff" + good,
            "x".repeat(10 << 20),
            "{\"" + "x".repeat(10 << 20) + "\":1" + rest)) {
      all.add(new Bad(text, ""));
    }
    for (String text : List.of("null", "[]", "1", "\"\"", "true", "[" + good + "]")) {
      all.add(new Bad(text, ""));
    }
    return all;
  }

  /** Puts a value where it belongs in the whole body. */
  private interface Around {
    JsonNode in(JsonNode value);
  }

  private static void object(List<Bad> all, JsonNode schema, String path, Around around) {
    ObjectNode good = fitting(schema);
    ObjectNode extra = good.deepCopy();
    all.add(new Bad(around.in(extra.put("no such key", 1)).toString(), "no such key"));
    for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
      String name = property.getKey();
      String place = path.isEmpty() ? name : path + "." + name;
      boolean required =
          schema.path("required").valueStream().anyMatch(each -> each.asText().equals(name));
      if (required) {
        all.add(new Bad(around.in(good.deepCopy().without(name)).toString(), place));
        all.add(new Bad(around.in(good.deepCopy().putNull(name)).toString(), place));
      }
      value(all, property.getValue(), place, bad -> around.in(good.deepCopy().set(name, bad)));
    }
  }

  private static void value(List<Bad> all, JsonNode schema, String place, Around around) {
    JsonNode plain = plain(schema);
    String type = type(plain);
    for (JsonNode other :
        List.of(
            NODES.numberNode(new java.math.BigInteger("9".repeat(30))),
            NODES.numberNode(1.5),
            NODES.numberNode(5_000_000_000L),
            NODES.booleanNode(true),
            NODES.textNode("\ud800"),
            NODES.textNode("a b"),
            NODES.arrayNode().addNull(),
            NODES.arrayNode().add("x"),
            NODES.objectNode().putNull("x"),
            NODES.objectNode().put("x", 1))) {
      if (!fits(other, type, plain)) {
        all.add(new Bad(around.in(other).toString(), place));
      }
    }
    if (plain.has("properties")) {
      object(all, plain, place, around);
    }
  }

  private static boolean fits(JsonNode value, String type, JsonNode schema) {
    return switch (type) {
      case "string" ->
          value.isTextual() && !value.asText().equals("\ud800") && !schema.has("format");
      case "boolean" -> value.isBoolean();
      default -> false;
    };
  }

  private static String type(JsonNode schema) {
    JsonNode type = schema.get("type");
    return type.isArray() ? type.get(0).asText() : type.asText();
  }

  private static JsonNode plain(JsonNode schema) {
    JsonNode one = schema.has("anyOf") ? schema.get("anyOf").get(0) : schema;
    return one.has("$ref") ? document.at(one.get("$ref").asText().substring(1)) : one;
  }

  private static ObjectNode fitting(JsonNode schema) {
    ObjectNode made = NODES.objectNode();
    for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
      JsonNode plain = plain(property.getValue());
      boolean required =
          schema
              .path("required")
              .valueStream()
              .anyMatch(each -> each.asText().equals(property.getKey()));
      if (required) {
        made.set(property.getKey(), type(plain).equals("string") ? NODES.textNode("x") : null);
      }
    }
    return made;
  }

  private static Map<String, JsonNode> routes() {
    Map<String, JsonNode> routes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        JsonNode schema = operation.getValue().at("/requestBody/content/application~1json/schema");
        if (schema.has("$ref")) {
          String route = operation.getKey().toUpperCase(java.util.Locale.ROOT);
          routes.put(route + " " + path.getKey(), plain(schema));
        }
      }
    }
    return routes;
  }

  private static HttpResponse<byte[]> send(String route, byte[] body) throws Exception {
    String[] parts = route.split(" ", 2);
    return HTTP.send(
        HttpRequest.newBuilder(site.api().resolve(parts[1].replaceAll("\\{.*}", "a.key")))
            .header("Authorization", "Bearer " + token)
            .method(parts[0], HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static ProblemView problem(HttpResponse<byte[]> answer) throws IOException {
    return Json.read(answer.body(), ProblemView.class);
  }

  private static void isRefused(HttpResponse<byte[]> answer, String sent) throws IOException {
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.headers().firstValue("Content-Type"))
        .as(sent + " -> " + text)
        .hasValue("application/problem+json");
    assertThat(answer.statusCode()).as(sent + " -> " + text).isIn(400, 413);
    assertThat(problem(answer).detail()).as(sent).doesNotMatch(INNARDS).hasSizeLessThan(500);
  }
}
