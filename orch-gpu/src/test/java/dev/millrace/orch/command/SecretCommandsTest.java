package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.secret.OpenVault;
import dev.millrace.orch.secret.Vault;
import dev.millrace.schema.json.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretCommandsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final FakeDesk desk = new FakeDesk();
  private OpenVault vault;
  private String token;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    Path data = Files.createDirectories(folder.resolve(".millrace"));
    token = TokenFile.readOrMake(data, new SplittableRandom(7));
    vault = OpenVault.in(folder.resolve("vault"), () -> NOW);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            desk,
            Tokens.admin(token, Jobs.TENANT),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of(vault.desk()),
                new ApiServer.Kept(Optional.empty(), Optional.empty(), new SplittableRandom(2))));
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  @AfterEach
  void stop() {
    server.close();
    vault.close();
  }

  private int run(String... args) {
    return run(new byte[0], args);
  }

  private int run(byte[] input, String... args) {
    out.reset();
    err.reset();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    Setting setting =
        new Setting(
            new Terminal(print, errors, false, false, 80, 24),
            new NoLifecycle(),
            new NoFiles(),
            () -> NOW,
            folder,
            "1.2.3");
    return Millrace.commandLine(setting, new ByteArrayInputStream(input)).execute(args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Vault.Opening opened(String name) {
    return vault.vault().open(Jobs.TENANT, Map.of("X", name));
  }

  @Test
  void aValueComesFromAFileOrFromStandardInputAndIsNeverShown() throws Exception {
    Files.writeString(folder.resolve("key.txt"), "-----BEGIN\nhunter22\n");

    assertThat(run("secret", "set", "a", "--from-file", "key.txt")).isZero();
    assertThat(out()).isEqualTo("set a (20 B)\n");
    assertThat(opened("a"))
        .isEqualTo(new Vault.Opening.Values(Map.of("X", "-----BEGIN\nhunter22\n")));
    assertThat(run("hunter22\n".getBytes(StandardCharsets.UTF_8), "secret", "set", "b", "--json"))
        .isZero();
    assertThat(Json.tree(out.toByteArray()).get("bytes").asInt()).isEqualTo(8);
    assertThat(opened("b")).isEqualTo(new Vault.Opening.Values(Map.of("X", "hunter22")));
    assertThat(run("secret", "list")).isZero();
    assertThat(out()).contains("a ", "20 B", "b ", "8 B").doesNotContain("hunter");
    assertThat(run("secret", "list", "--json")).isZero();
    assertThat(out()).doesNotContain("hunter");
  }

  /** A coordinator that is asked over HTTP without TLS, as from another host. */
  @Test
  void aValueThatWouldBeRefusedOnTheWayIsNotSent() throws Exception {
    List<String> sent = new CopyOnWriteArrayList<>();
    HttpServer far =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    far.createContext(
        "/",
        exchange -> {
          sent.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer =
                http.send(
                    HttpRequest.newBuilder(server.endpoint().resolve(exchange.getRequestURI()))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("X-Forwarded-Proto", "http")
                        .method(
                            exchange.getRequestMethod(),
                            HttpRequest.BodyPublishers.ofString(sent.getLast()))
                        .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            exchange
                .getResponseHeaders()
                .set("Content-Type", answer.headers().firstValue("Content-Type").orElse(""));
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          exchange.close();
        });
    far.start();
    try {
      String endpoint = "http://127.0.0.1:" + far.getAddress().getPort();
      byte[] value = "hunter22\n".getBytes(StandardCharsets.UTF_8);

      assertThat(run(value, "secret", "set", "a", "--endpoint", endpoint)).isEqualTo(Exit.FAILED);

      assertThat(err()).contains("nothing was sent", "TLS").doesNotContain("hunter22");
      assertThat(sent).containsExactly("{}");
      assertThat(vault.journal().secrets()).isEmpty();
    } finally {
      far.stop(0);
    }
  }

  @Test
  void aValueOnTheCommandLineIsRefusedAndNotRepeated() {
    assertThat(run("secret", "set", "a", "hunter22")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("--from-file").doesNotContain("hunter22");
    assertThat(run("secret", "set", "hunter22!")).isEqualTo(Exit.USAGE);
    assertThat(err()).doesNotContain("hunter22");
    assertThat(vault.journal().secrets()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a\0b", "\u00ff\u00fe"})
  void whatIsNoTextForAVariableIsRefused(String latin) {
    byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);

    assertThat(run(bytes, "secret", "set", "a")).isEqualTo(Exit.USAGE);
    assertThat(run(new byte[(64 << 10) + 1], "secret", "set", "a")).isEqualTo(Exit.USAGE);
    assertThat(vault.journal().secrets()).isEmpty();
  }

  @Test
  void whatIsRemovedIsGone() {
    run("x".getBytes(StandardCharsets.UTF_8), "secret", "set", "a");

    assertThat(run("secret", "remove", "a")).isZero();
    assertThat(out()).isEqualTo("removed a\n");
    assertThat(run("secret", "remove", "a")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("there is no secret 'a'");
    assertThat(run("secret", "list")).isZero();
    assertThat(out()).contains("There are no secrets", "millrace secret set");
  }

  @Test
  void aFunctionIsShownWithTheSecretsThatItWantsAndWhomItTrusts() throws Exception {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              script: |
                true
              secrets: {TOKEN: maps.token, API_KEY: maps.key}
              trust: %s
              input: [{path: bucket/in}]
        """;
    desk.furnish(fdl.formatted("[far, near/gpu-1]"));
    run("hunter22".getBytes(StandardCharsets.UTF_8), "secret", "set", "maps.key");

    assertThat(run("functions", "f")).isZero();
    assertThat(out())
        .contains("secret    API_KEY from maps.key\n")
        .contains("secret    TOKEN from maps.token, missing: jobs wait for\n")
        .contains("'millrace secret set maps.token'\n")
        .contains("trusts    far, near/gpu-1, and no other provider elsewhere\n")
        .doesNotContain("hunter22");
    assertThat(run("functions", "f", "--json")).isZero();
    assertThat(Json.tree(out.toByteArray()).get("secrets").toString())
        .isEqualTo(
            "[{\"variable\":\"API_KEY\",\"name\":\"maps.key\",\"set\":true},"
                + "{\"variable\":\"TOKEN\",\"name\":\"maps.token\",\"set\":false}]");
    assertThat(Json.tree(out.toByteArray()).get("trust").toString())
        .isEqualTo("[\"far\",\"near/gpu-1\"]");

    desk.furnish(fdl.formatted("[]"));
    run("functions", "f");
    assertThat(out()).contains("trusts    no provider elsewhere\n");
  }

  @Test
  void aNewKeyIsMadeOnRequestAndALostOneIsSaid() throws Exception {
    run("x".getBytes(StandardCharsets.UTF_8), "secret", "set", "a");

    assertThat(run("secret", "rekey")).isZero();
    assertThat(out()).isEqualTo("sealed 1 secret under a new key\n");
    Files.delete(vault.file().path());
    assertThat(run("secret", "rekey")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("is not there");
    assertThat(run("y".getBytes(StandardCharsets.UTF_8), "secret", "set", "b"))
        .isEqualTo(Exit.FAILED);
    assertThat(err()).contains("is not there");
  }

  @Test
  void aValueThatCameWithoutTlsIsNotKept() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(server.endpoint() + "/v1/secrets/a"))
                  .header("Authorization", "Bearer " + token)
                  .header("X-Forwarded-Proto", "http")
                  .PUT(HttpRequest.BodyPublishers.ofString("{\"value\":\"hunter22\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("providers.plain_secrets").doesNotContain("hunter22");
      assertThat(vault.journal().secrets()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter22",
        "\"hunter22\"",
        "{\"value\":hunter22}",
        "{\"hunter22\":1}",
        "{\"value\":[\"hunter22\"]}",
        "{\"value\":\"hunter22\",\"value\":\"hunter22\"}"
      })
  void aBodyThatIsWrongIsNotShownInTheAnswer(String body) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(server.endpoint() + "/v1/secrets/a"))
                  .header("Authorization", "Bearer " + token)
                  .PUT(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).doesNotContain("hunter22");
    }
  }
}
