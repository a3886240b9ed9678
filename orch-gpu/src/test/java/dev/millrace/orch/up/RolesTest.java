package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Join;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every route of a whole coordinator, with every kind of token. */
final class RolesTest {
  /** What the document's roles come down to; the table is written here, and not computed. */
  private static final Map<String, Set<String>> ELSE =
      Map.ofEntries(
          Map.entry("GET /v1/health", Set.of()),
          Map.entry("GET /v1/openapi.json", Set.of()),
          Map.entry("POST /v1/notices/{store}", Set.of()),
          Map.entry("POST /v1/tokens", Set.of("admin")),
          Map.entry("GET /v1/tokens", Set.of("admin")),
          Map.entry("DELETE /v1/tokens/{id}", Set.of("admin")),
          Map.entry("POST /v1/providers", Set.of("admin")),
          Map.entry("POST /v1/providers/introduce", Set.of("provider")),
          Map.entry("GET /v1/orders", Set.of("provider")),
          Map.entry("POST /v1/runs/claim", Set.of("admin", "provider")),
          Map.entry("POST /v1/runs/url", Set.of("admin", "provider")),
          Map.entry("POST /v1/runs/renew", Set.of("admin", "provider")),
          Map.entry("POST /v1/runs/settle", Set.of("admin", "provider")),
          Map.entry("POST /v1/runs/followed", Set.of("admin", "provider")),
          Map.entry("POST /v1/runs/printed", Set.of("admin", "provider")),
          Map.entry("POST /v1/downloads", Set.of("admin", "tenant", "viewer")),
          Map.entry("POST /v1/ledger/verify", Set.of("admin", "tenant", "viewer")),
          Map.entry("GET /v1/secrets", Set.of("admin", "tenant")),
          Map.entry("POST /v1/secrets/rekey", Set.of("admin")),
          Map.entry("GET /v1/retention", Set.of("admin")),
          Map.entry("POST /v1/retention/run", Set.of("admin")),
          Map.entry("GET /v1/webhooks", Set.of("admin", "tenant")),
          Map.entry("GET /v1/jobs/{id}/attempts/{number}/order", Set.of("admin", "tenant")));

  @TempDir private static Path folder;
  private static Site site;
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Map<String, String> TOKENS = new LinkedHashMap<>();

  @BeforeAll
  static void giveTokens() throws Exception {
    site = new Site(folder, "");
    TOKENS.put("admin", Files.readString(folder.resolve("coordinator/" + TokenFile.NAME)).strip());
    TOKENS.put("tenant", made("tenant", "").secret());
    TOKENS.put("viewer", made("viewer", "").secret());
    Join join = site.join("gpu-7");
    TOKENS.put("provider", Optional.ofNullable(join.http()).orElseThrow().token());
  }

  @AfterAll
  static void stop() throws IOException {
    HTTP.close();
    site.close();
  }

  private static TokenAnswer made(String role, String more) throws Exception {
    String body = "{\"name\":\"a " + role + "\",\"role\":\"" + role + "\"" + more + "}";
    HttpResponse<InputStream> answer =
        ask("POST", "/v1/tokens", Optional.of(TOKENS.get("admin")), body);
    try (InputStream in = answer.body()) {
      assertThat(answer.statusCode()).isEqualTo(201);
      return Json.read(in.readAllBytes(), TokenAnswer.class);
    }
  }

  /** Reads are for all but providers, changes for administrators and tenants, unless said so. */
  private static Set<String> expected(ApiServer.Route route) {
    return ELSE.getOrDefault(
        route.method() + " " + route.path(),
        route.method().equals("GET")
            ? Set.of("admin", "tenant", "viewer")
            : Set.of("admin", "tenant"));
  }

  @Test
  void everyRouteLetsInTheRolesThatItShouldAndNobodyElse() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (ApiServer.Route route : site.routes()) {
      Set<String> letIn = new TreeSet<>();
      for (Map.Entry<String, String> token : TOKENS.entrySet()) {
        int status = status(route, Optional.of(token.getValue()));
        if (status == 401) {
          wrong.add(route + " does not know " + token.getKey());
        } else if (status != 403) {
          letIn.add(token.getKey());
        }
      }
      Set<String> expected = expected(route);
      if (!expected.isEmpty() && !letIn.equals(expected)) {
        wrong.add(route.method() + " " + route.path() + " lets in " + letIn);
      }
      assertThat(route.roles())
          .as("%s %s", route.method(), route.path())
          .extracting(Role::name)
          .map(name -> name.toLowerCase(Locale.ROOT))
          .containsExactlyInAnyOrderElementsOf(expected);
    }

    assertThat(wrong).isEmpty();
    assertThat(site.routes()).hasSizeGreaterThan(30);
  }

  @Test
  void noRouteLetsInAStranger() throws Exception {
    String expired = made("admin", ",\"expiresAt\":\"" + soon() + "\"").secret();
    TokenAnswer revoked = made("admin", "");
    int gone =
        ask("DELETE", "/v1/tokens/" + revoked.token().id(), Optional.of(TOKENS.get("admin")), "")
            .statusCode();
    assertThat(gone).isEqualTo(204);
    Awaitility.await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> ask("HEAD", "/v1/jobs", Optional.of(expired), "").statusCode() == 401);
    List<Optional<String>> strangers =
        List.of(
            Optional.empty(),
            Optional.of("wrong"),
            Optional.of(TOKENS.get("admin") + "x"),
            Optional.of(TOKENS.get("admin").substring(1)),
            Optional.of(expired),
            Optional.of(revoked.secret()));

    for (ApiServer.Route route : site.routes()) {
      if (!route.roles().isEmpty()) {
        for (Optional<String> stranger : strangers) {
          assertThat(status(route, stranger)).as("%s as %s", route, stranger).isEqualTo(401);
        }
      }
    }
  }

  private static Instant soon() {
    return Instant.now().plusMillis(1500);
  }

  @Test
  void whatIsKeptOfATokenIsItsDigest() throws Exception {
    String secret = made("viewer", "").secret();

    Path file = folder.resolve("coordinator/tokens.json");
    assertThat(file).content().contains("sha256").doesNotContain(secret);
    HttpResponse<InputStream> list = ask("GET", "/v1/tokens", Optional.of(TOKENS.get("admin")), "");
    assertThat(new String(list.body().readAllBytes(), StandardCharsets.UTF_8))
        .contains("a viewer")
        .doesNotContain(secret, "sha256");
  }

  private static int status(ApiServer.Route route, Optional<String> token) throws Exception {
    String path = route.path().replace("{number}", "1").replace("{index}", "0");
    HttpResponse<InputStream> answer =
        ask(route.method(), path.replaceAll("\\{\\w+}", "none"), token, "");
    if (answer.statusCode() != 401 && answer.statusCode() != 403) {
      answer.body().close();
      return answer.statusCode();
    }
    try (InputStream body = answer.body()) {
      // A provider that has not introduced itself is refused too, for what it is, not for its role.
      String said = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      return said.contains("Not proven") ? 409 : answer.statusCode();
    }
  }

  private static HttpResponse<InputStream> ask(
      String method, String path, Optional<String> token, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(site.api().resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
  }
}
