package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.view.BucketView;
import dev.millrace.orch.api.view.Counts;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.ExplainView;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.Health;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.JoinRequest;
import dev.millrace.orch.api.view.KeptFile;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.RekeyAnswer;
import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.api.view.SecretRequest;
import dev.millrace.orch.api.view.SecretView;
import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.orch.api.view.TokenRequest;
import dev.millrace.orch.api.view.TokenView;
import dev.millrace.orch.api.view.UploadRequest;
import dev.millrace.orch.api.view.UrlAnswer;
import dev.millrace.orch.api.view.VerifyRequest;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.api.view.WaitingView;
import dev.millrace.orch.api.view.WebhookView;
import dev.millrace.orch.document.Answers;
import dev.millrace.orch.document.OpenApi;
import dev.millrace.orch.document.Operations;
import dev.millrace.orch.document.RecordTexts;
import dev.millrace.orch.document.Tour;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerKey;
import dev.millrace.schema.object.NoticeDoor;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.StagedOrders;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The OpenAPI document against the routes of a whole coordinator, the records that they read and
 * write, and real answers. With {@code -Dmillrace.openapi.write=true} it is written anew.
 */
final class OpenApiTest {
  private static final String SERVED = "orch-gpu/src/main/resources/dev/millrace/orch/api/";
  private static final Map<String, Class<?>> TYPES =
      Map.ofEntries(
          Map.entry("BucketView", BucketView.class),
          Map.entry("ObjectPage", ObjectPage.class),
          Map.entry("Checkpoint", Checkpoint.class),
          Map.entry("Counts", Counts.class),
          Map.entry("DeployAnswer", DeployAnswer.class),
          Map.entry("DeployRequest", DeployRequest.class),
          Map.entry("DeviceRow", DeviceRow.class),
          Map.entry("EventView", EventView.class),
          Map.entry("ExplainView", ExplainView.class),
          Map.entry("FunctionView", FunctionView.class),
          Map.entry("Health", Health.class),
          Map.entry("JobDetail", JobDetail.class),
          Map.entry("JobPage", JobPage.class),
          Map.entry("JobRow", JobRow.class),
          Map.entry("Join", Join.class),
          Map.entry("JoinRequest", JoinRequest.class),
          Map.entry("KeptFile", KeptFile.class),
          Map.entry("Ledger.Proof", Ledger.Proof.class),
          Map.entry("LedgerKey", LedgerKey.class),
          Map.entry("LedgerPage", LedgerPage.class),
          Map.entry("ObjectView", ObjectView.class),
          Map.entry("RekeyAnswer", RekeyAnswer.class),
          Map.entry("RetentionView", RetentionView.class),
          Map.entry("RoundView", RoundView.class),
          Map.entry("SecretRequest", SecretRequest.class),
          Map.entry("SecretView", SecretView.class),
          Map.entry("StagedOrders", StagedOrders.class),
          Map.entry("Taken", NoticeDoor.Taken.class),
          Map.entry("TokenAnswer", TokenAnswer.class),
          Map.entry("TokenRequest", TokenRequest.class),
          Map.entry("TokenView", TokenView.class),
          Map.entry("UploadRequest", UploadRequest.class),
          Map.entry("UrlAnswer", UrlAnswer.class),
          Map.entry("VerifyRequest", VerifyRequest.class),
          Map.entry("VerifyView", VerifyView.class),
          Map.entry("WaitingView", WaitingView.class),
          Map.entry("WebhookView", WebhookView.class));

  @TempDir private static Path folder;
  private static Site site;
  private static List<Answers.Given> given = List.of();
  private static Map<String, Set<String>> asked = Map.of();

  @BeforeAll
  static void ask() throws Exception {
    site = new Site(folder.resolve("site"), "");
    try (Tour tour = new Tour(Files.createDirectories(folder.resolve("tour")))) {
      given = tour.answers();
      asked = tour.asked();
    }
  }

  @AfterAll
  static void stop() throws IOException {
    site.close();
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("orch-gpu")) ? here : here.getParent();
  }

  private static ObjectNode made() throws IOException {
    Map<String, JsonNode> examples = new HashMap<>();
    Operations operations = Operations.read();
    for (Answers.Given answer : given) {
      if (answer.status() < 300) {
        String route = answer.method().toUpperCase(Locale.ROOT) + " " + answer.path();
        examples.putIfAbsent(operations.byRoute().get(route).id(), answer.body());
      }
    }
    return new OpenApi(operations, new RecordTexts(root()), TYPES)
        .document(site.routes(), "0.1.0", examples);
  }

  private static JsonNode kept() throws IOException {
    return Json.tree(Files.readAllBytes(root().resolve("docs/openapi.json")));
  }

  @Test
  void theDocumentIsWhatRoutesRecordsAndAnswersSay() throws Exception {
    byte[] made = OpenApi.text(made());
    Path served = root().resolve(SERVED + "openapi.json");
    Path documented = root().resolve("docs/openapi.json");
    if (Boolean.getBoolean("millrace.openapi.write")) {
      Files.write(served, made);
      Files.write(documented, made);
    }

    String how = "run OpenApiTest with -Dmillrace.openapi.write=true, and look at what changed";
    assertThat(documented).as(how).hasBinaryContent(made);
    assertThat(served).as(how).hasBinaryContent(made);
  }

  @Test
  void everyRouteIsDocumentedAndEveryDocumentedRouteIsThere() throws Exception {
    Map<String, Set<String>> documented = new TreeMap<>();
    Answers.operations(kept())
        .forEach((route, operation) -> documented.put(route, Answers.roles(operation)));
    Map<String, Set<String>> real =
        site.routes().stream()
            .collect(
                Collectors.toMap(
                    route -> route.method() + " " + route.path(),
                    OpenApiTest::roles,
                    (one, other) -> one,
                    TreeMap::new));

    assertThat(documented).isEqualTo(real).hasSizeGreaterThan(30);
  }

  private static Set<String> roles(ApiServer.Route route) {
    return route.roles().stream()
        .map(role -> role.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void realAnswersAreAsTheDocumentSays() throws Exception {
    Answers answers = new Answers((ObjectNode) kept());
    List<String> wrong = new ArrayList<>();
    given.forEach(answer -> wrong.addAll(answers.wrong(answer)));

    assertThat(wrong).isEmpty();
    assertThat(given).extracting(Answers.Given::status).contains(200, 201, 400, 401, 404, 422);
  }

  @Test
  void theQueryOfEveryRouteIsInTheDocumentAndNothingElse() throws Exception {
    Map<String, JsonNode> operations = Answers.operations(kept());

    assertThat(site.routes())
        .allSatisfy(route -> {
          List<String> told =
              operations
                  .get(route.method() + " " + route.path())
                  .path("parameters")
                  .valueStream()
                  .filter(parameter -> parameter.get("in").asText().equals("query"))
                  .map(parameter -> parameter.get("name").asText())
                  .toList();
          assertThat(told).as(route.toString()).containsExactlyInAnyOrderElementsOf(route.query());
        });
    assertThat(site.routes()).filteredOn(route -> !route.query().isEmpty()).hasSizeGreaterThan(12);
  }

  @Test
  void everyRouteRefusesWhatItDoesNotKnowAndWhatComesTwice() throws Exception {
    String admin = Files.readString(folder.resolve("site/coordinator/token")).strip();
    String provider = Optional.ofNullable(site.join("gpu-2").http()).orElseThrow().token();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (ApiServer.Route route : site.routes()) {
        String path = route.path().replaceAll("\\{[^}]*}", "1");
        if (path.startsWith("/v1/notices/")) {
          continue;
        }
        String token = route.roles().equals(Set.of(Role.PROVIDER)) ? provider : admin;
        List<String> queries = new ArrayList<>(List.of("no-such=1", "no-such", "%00=1"));
        route.query().forEach(name -> queries.add(name + "=1&" + name + "=1"));
        route.query().forEach(name -> queries.add(name.substring(1) + "=1"));
        for (String query : queries) {
          HttpRequest asking =
              HttpRequest.newBuilder(site.api().resolve(path + "?" + query))
                  .header("Authorization", "Bearer " + token)
                  .method(route.method(), HttpRequest.BodyPublishers.noBody())
                  .build();
          HttpResponse<String> answer = http.send(asking, HttpResponse.BodyHandlers.ofString());
          assertThat(answer.statusCode()).as(route + "?" + query).isEqualTo(400);
          assertThat(answer.body())
              .as(route + "?" + query)
              .containsAnyOf("there is no parameter '", " is given 2 times")
              .satisfies(text ->
                  route
                      .query()
                      .forEach(known ->
                          assertThat(text)
                              .satisfiesAnyOf(
                                  each -> assertThat(each).contains(known),
                                  each -> assertThat(each).contains(" times"))));
        }
      }
    }
  }

  @Test
  void whatAnAnswerWasAskedWithIsInTheDocument() throws Exception {
    Map<String, JsonNode> operations = Answers.operations(kept());

    assertThat(asked)
        .allSatisfy((route, names) ->
            assertThat(operations.get(route).path("parameters").findValuesAsText("name"))
                .containsAll(names));
    assertThat(asked.get("GET /v1/objects")).containsExactly("bucket", "prefix");
    assertThat(given)
        .filteredOn(answer -> answer.path().equals("/v1/objects"))
        .extracting(Answers.Given::status)
        .containsExactly(200, 404);
  }

  @Test
  void anAnswerThatIsNotAsTheDocumentSaysIsSeen() throws Exception {
    Answers answers = new Answers((ObjectNode) kept());
    JsonNode extra = Json.tree("{\"version\":\"1\",\"ready\":true,\"more\":1}".getBytes());
    JsonNode absent = Json.tree("{\"version\":\"1\"}".getBytes());
    JsonNode other = Json.tree("{\"version\":\"1\",\"ready\":\"yes\"}".getBytes());

    for (JsonNode body : List.of(extra, absent, other)) {
      assertThat(
              answers.wrong(new Answers.Given("get", "/v1/health", 200, "application/json", body)))
          .isNotEmpty();
    }
  }

  @Test
  void nothingIsToldOfRoutesThatAreNot() throws Exception {
    Set<String> real =
        site.routes().stream()
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toSet());

    assertThat(Operations.read().byRoute().keySet()).isEqualTo(real);
    assertThat(Answers.operations(kept()).values())
        .extracting(operation -> operation.get("operationId").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void aCoordinatorServesItToAnyone() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(site.api().resolve("/v1/openapi.json"));
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      Optional<String> tag = answer.headers().firstValue("ETag");
      HttpResponse<byte[]> again =
          http.send(
              request.header("If-None-Match", tag.orElseThrow()).build(),
              HttpResponse.BodyHandlers.ofByteArray());

      assertThat(answer.body()).isEqualTo(Files.readAllBytes(root().resolve("docs/openapi.json")));
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
    }
  }
}
