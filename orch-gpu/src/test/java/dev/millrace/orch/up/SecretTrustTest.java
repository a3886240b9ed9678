package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Introduction;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers elsewhere get secrets of functions that trust them, by ways that keep them. */
class SecretTrustTest {
  @TempDir Path folder;
  private final String secret = SecretSearch.fresh();
  private Site site;
  private boolean closed;
  private String token = "";

  @AfterEach
  void stop() throws IOException {
    if (!closed) {
      site.close();
    }
  }

  private void deploy(String trust) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 64Mi
              cpu: 0.1
              retry: {attempts: 1}
              secrets: {API_KEY: maps.key}
              trust: %s
              script: |
                echo "$API_KEY"
                printf %%s-shown "$API_KEY" | sha256sum | cut -c1-64 > "$TMP_OUTPUT_DIR/sum"
              input: [{path: texts/in}]
              output: [{path: texts/out}]
        """
            .formatted(trust);
    try (CoordinatorClient client = site.client()) {
      client.setSecret(new SecretName("maps.key"), secret);
      client.deploy(
          new DeployRequest(
              "f.yaml",
              fdl.replace("{path:", "{storage_provider: millrace.default, path:"),
              Map.of(),
              Map.of(),
              false));
    }
    site.drop("a.txt");
  }

  private void waitsSaying(String reason) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          try (CoordinatorClient client = site.client()) {
            assertThat(client.explain(new ObjectView(null, "texts", "in/a.txt")).toString())
                .contains(reason)
                .contains("'trust' in the function's FDL names pools");
          }
        });
    assertThat(site.until(job -> true).job().state()).isEqualTo("waiting");
  }

  private void runs() throws Exception {
    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(site.text(job).strip()).isEqualTo(SecretSearch.shown(secret));
  }

  @Test
  void aProviderOfATrustedPoolGetsThemAndKeepsNone() throws Exception {
    site = new Site(folder, "");
    site.provider(site.join(Site.PROVIDER));
    deploy("[far]");

    runs();

    site.close();
    closed = true;
    assertThat(SecretSearch.of(secret, folder)).isEmpty();
  }

  @Test
  void aProviderThatIsTrustedByNameGetsThem() throws Exception {
    site = new Site(folder, "");
    site.provider(site.join(Site.PROVIDER));
    deploy("[near, far/gpu-1]");

    runs();
  }

  @Test
  void anotherProviderOfThePoolGetsNoJobThatWantsThem() throws Exception {
    site = new Site(folder, "");
    site.provider(site.join(Site.PROVIDER));
    deploy("[near, far/gpu-2]");

    waitsSaying("secrets of f are not for provider gpu-1 of pool far");
  }

  private HttpResponse<String> introduce(String proxySays, String body) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(site.api() + "/v1/providers/introduce"))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "text/plain")
              .header("X-Forwarded-Proto", proxySays)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private Optional<Delivery.Refusal> refusal() {
    return site.part()
        .coordinator()
        .remotes()
        .delivery()
        .refusal(
            site.part().coordinator().catalog().functions().getFirst().spec(),
            new PoolId("far"),
            new ProviderId(Site.PROVIDER));
  }

  /** Whoever copied the token stops no delivery by asking over plain HTTP. */
  @Test
  void howACopiedTokenAsksIsNotHowItsProviderAsks() throws Exception {
    site = new Site(folder, "");
    Join join = site.join(Site.PROVIDER);
    token = Objects.requireNonNull(join.http()).token();
    site.provider(join).close();
    deploy("[far]");
    Introduction own =
        new Introduction(
            join.provider(),
            new PoolId("far"),
            Base64.getEncoder().encodeToString(SigningKey.generate().publicKey()),
            List.of(),
            "0".repeat(32));

    for (String body :
        List.of(
            "nothing signed",
            SigningKey.generate().sign(Introduction.TYPE, Json.bytes(own)).line())) {
      assertThat(introduce("http", body).statusCode()).isBetween(400, 499);
    }

    assertThat(refusal()).isEmpty();
  }

  /** A proxy beside the coordinator that was asked without TLS is no safe way. */
  @Test
  void aProviderThatAProxyHeardWithoutTlsGetsNoneUntilItAsksOtherwise() throws Exception {
    site = new Site(folder, "");
    Join join = site.join(Site.PROVIDER);
    token = Objects.requireNonNull(join.http()).token();
    site.provider(join).close();
    deploy("[far]");
    SigningKey key = LocalProvider.key(folder.resolve(Site.PROVIDER), new SecureRandom());
    Introduction own =
        new Introduction(
            join.provider(),
            new PoolId("far"),
            Base64.getEncoder().encodeToString(key.publicKey()),
            List.of(),
            "0".repeat(32));
    String line = key.sign(Introduction.TYPE, Json.bytes(own)).line();

    assertThat(introduce("https, http", line).statusCode()).isEqualTo(200);
    assertThat(refusal())
        .hasValueSatisfying(why -> {
          assertThat(why.carrier()).isTrue();
          assertThat(why.reason()).contains("HTTP without TLS");
        });
    assertThat(introduce("https", line).statusCode()).isEqualTo(200);
    assertThat(refusal()).isEmpty();
  }

  @Test
  void noSecretGoesThroughTheBucket() throws Exception {
    site = new Site(folder, "orders: {poll: 200ms}");
    site.provider(site.joinByBucket(Site.PROVIDER));
    deploy("[far]");

    waitsSaying("comes through the intermediate bucket alone, which carries no secrets");
  }
}
