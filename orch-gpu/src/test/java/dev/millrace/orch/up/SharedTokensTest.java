package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.FileTokens;
import dev.millrace.orch.api.TokenBook;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.orch.api.view.TokenRequest;
import dev.millrace.orch.api.view.TokenView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.rig.Database;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of people and programs, where two coordinators share a journal. */
final class SharedTokensTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static Database server;

  @TempDir Path folder;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = Database.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
    HTTP.close();
  }

  private MillraceConfig config() throws IOException {
    Files.writeString(folder.resolve("password"), "none");
    String yaml =
        """
        api: {port: 0}
        store: {port: 0}
        provider: {runners: {docker: {enabled: false}}}
        journal: {postgres: "%s", user: %s, password_file: %s}
        """
            .formatted(server.emptySchema(), Database.USER, folder.resolve("password"));
    return new ConfigReader(name -> null).read("millrace.yaml", yaml, folder);
  }

  private AskedMachine machine(MillraceConfig config, String name) throws IOException {
    Path data = folder.resolve(name);
    Machine machine = Machine.start(config, data, "test");
    String token = Files.readString(data.resolve(TokenFile.NAME)).strip();
    return new AskedMachine(machine, new CoordinatorClient(machine.apiEndpoint(), token));
  }

  private static int status(AskedMachine machine, String token)
      throws IOException, InterruptedException {
    URI jobs = machine.machine().apiEndpoint().resolve("/v1/jobs");
    HttpRequest request =
        HttpRequest.newBuilder(jobs).header("Authorization", "Bearer " + token).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static TokenAnswer made(AskedMachine machine, @Nullable Instant expiresAt)
      throws IOException {
    return machine.client().issueToken(new TokenRequest("a name", "viewer", expiresAt));
  }

  private static void comesTo(int status, AskedMachine machine, String token) {
    await().atMost(Duration.ofSeconds(2)).until(() -> status(machine, token) == status);
  }

  @Test
  void areHonouredAndRevokedThroughEither() throws Exception {
    MillraceConfig config = config();
    try (AskedMachine first = machine(config, "first");
        AskedMachine second = machine(config, "second")) {
      TokenAnswer token = made(first, null);
      assertThat(status(first, token.secret())).isEqualTo(200);
      comesTo(200, second, token.secret());
      assertThat(second.client().tokens()).extracting(TokenView::id).contains(token.token().id());

      second.client().revokeToken(token.token().id());
      assertThat(status(second, token.secret())).as("where it was revoked").isEqualTo(401);
      comesTo(401, first, token.secret());
      assertThat(first.client().tokens()).isEmpty();
    }
  }

  @Test
  void expireEverywhere() throws Exception {
    MillraceConfig config = config();
    try (AskedMachine first = machine(config, "first");
        AskedMachine second = machine(config, "second")) {
      TokenAnswer token = made(first, Instant.now().plusSeconds(3));
      comesTo(200, second, token.secret());

      await().atMost(Duration.ofSeconds(5)).until(() -> status(second, token.secret()) == 401);
      assertThat(status(first, token.secret())).isEqualTo(401);
    }
  }

  /** As a coordinator that was alone has it, or an earlier version. */
  @Test
  void thoseOfAFileAreTakenOverOnceAndHonouredByBoth() throws Exception {
    Path file = Files.createDirectories(folder.resolve("first")).resolve("tokens.json");
    String secret = "s".repeat(43);
    Files.writeString(
        file,
        """
        [{"id": "5f0c2b9a71d3e846", "name": "old", "role": "VIEWER", "tenant": "main",
          "sha256": "%s", "createdAt": "2026-01-01T00:00:00Z", "expiresAt": null}]
        """
            .formatted(Hex.of(Hex.sha256(secret.getBytes(StandardCharsets.UTF_8)))));
    byte[] kept = Files.readAllBytes(file);
    MillraceConfig config = config();
    try (AskedMachine first = machine(config, "first");
        AskedMachine second = machine(config, "second")) {
      assertThat(status(first, secret)).isEqualTo(200);
      assertThat(status(second, secret)).isEqualTo(200);
      assertThat(file).doesNotExist();
      second.client().revokeToken("5f0c2b9a71d3e846");
    }

    Files.write(file, kept);
    assertThat(FileTokens.open(file).tokens()).extracting(TokenBook.Entry::name).contains("old");
    try (AskedMachine again = machine(config, "first")) {
      assertThat(status(again, secret)).as("revoked for good").isEqualTo(401);
    }
  }
}
