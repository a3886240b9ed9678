package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.id.SecretName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers elsewhere get secrets of functions that trust them, by ways that keep them. */
class SecretTrustTest {
  @TempDir Path folder;
  private final String secret = SecretSearch.fresh();
  private Site site;
  private boolean closed;

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

  @Test
  void noSecretGoesThroughTheBucket() throws Exception {
    site = new Site(folder, "orders: {poll: 200ms}");
    site.provider(site.joinByBucket(Site.PROVIDER));
    deploy("[far]");

    waitsSaying("comes through the intermediate bucket alone, which carries no secrets");
  }
}
