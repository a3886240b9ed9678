package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole Millrace that starts again while a function runs whose secret was changed meanwhile. */
class ChangedSecretsTest {
  private static final TenantId MAIN = new TenantId("main");
  private static final SecretName NAME = new SecretName("maps.key");

  @TempDir Path folder;
  @TempDir Path signs;
  private final String secret = SecretSearch.fresh();
  private AskedMachine asked;
  private Machine machine;
  private CoordinatorClient client;

  @BeforeEach
  void start() throws Exception {
    asked = AskedMachine.on(folder);
    machine = asked.machine();
    client = asked.client();
  }

  @AfterEach
  void stop() {
    asked.close();
  }

  private URI url(String key, boolean upload) throws Exception {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    return upload
        ? machine.coordinator().desk().uploadUrl(MAIN, name)
        : machine.coordinator().desk().downloadUrl(MAIN, name);
  }

  private String send(HttpRequest request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private String fdl() {
    return """
    functions:
      millrace:
        - name: f
          runner: process
          memory: 64Mi
          cpu: 0.1
          retry: {attempts: 1}
          secrets: {API_KEY: maps.key}
          script: |
            echo "the key is $API_KEY"
            touch %1$s/started
            while [ ! -e %1$s/go ]; do sleep 0.05; done
            echo "the key is still $API_KEY"
            printf %%s-shown "$API_KEY" | sha256sum | cut -c1-64 > "$TMP_OUTPUT_DIR/sum"
          input: [{path: bucket/in}]
          output: [{path: bucket/out}]
    """
        .formatted(signs);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itsResultCountsAndTheOldValueIsNowhere(boolean removed) throws Exception {
    client.setSecret(NAME, secret);
    client.deploy(new DeployRequest("f.yaml", fdl(), Map.of(), Map.of(), false));
    send(
        HttpRequest.newBuilder(url("in/a", true))
            .PUT(HttpRequest.BodyPublishers.ofString("x"))
            .build());
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(signs.resolve("started")));
    if (removed) {
      client.removeSecret(NAME, true);
    } else {
      client.setSecret(NAME, SecretSearch.fresh());
    }
    stop();
    start();
    Files.createFile(signs.resolve("go"));

    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> jobs(JobState.SUCCEEDED) == 1 && jobs() == 1);
    assertThat(send(HttpRequest.newBuilder(url("out/sum", false)).build()).strip())
        .isEqualTo(SecretSearch.shown(secret));
    JobId job =
        machine
            .coordinator()
            .desk()
            .jobs(MAIN, new JobFilter(Set.of(), null, null, 10))
            .getFirst()
            .id();
    assertThatThrownBy(() -> client.log(job.value(), 1, 0)).isInstanceOf(ApiFailure.class);
    stop();
    assertThat(SecretSearch.of(secret, folder)).isEmpty();
  }

  private int jobs(JobState... states) {
    return machine
        .coordinator()
        .desk()
        .jobs(MAIN, new JobFilter(Set.of(states), null, null, 10))
        .size();
  }
}
