package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.LogText;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole Millrace, a function that wants secrets, and a search for them in all that is left. */
class SecretsTest {
  private static final TenantId MAIN = new TenantId("main");
  private static final SecretName NAME = new SecretName("maps.key");

  @TempDir Path folder;
  private final String secret = SecretSearch.fresh();
  private static final Watcher QUIET =
      new Watcher() {
        @Override
        public void begins(String what, long bytes) {}

        @Override
        public void moved(long bytes) {}
      };

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

  private void restart() throws Exception {
    stop();
    start();
  }

  private FrontDesk desk() {
    return machine.coordinator().desk();
  }

  private static String fdl(String staging) {
    return """
    functions:
      millrace:
        - name: f
          runner: process
          memory: 64Mi
          cpu: 0.1
          staging: %s
          retry: {attempts: 1}
          secrets: {API_KEY: maps.key}
          script: |
            echo "the key is $API_KEY"
            printf %%s-shown "$API_KEY" | sha256sum | cut -c1-64 > "$TMP_OUTPUT_DIR/sum"
          input: [{path: bucket/in}]
          output: [{path: bucket/out}]
    """
        .formatted(staging);
  }

  private void deploy(String fdl) throws IOException {
    client.deploy(new DeployRequest("f.yaml", fdl, Map.of(), Map.of(), false));
  }

  private void drop(String key) throws Exception {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest put =
          HttpRequest.newBuilder(desk().uploadUrl(MAIN, name))
              .PUT(HttpRequest.BodyPublishers.ofString("x"))
              .build();
      assertThat(http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
    }
  }

  private String get(String key) throws Exception {
    URI url = desk().downloadUrl(MAIN, new ObjectName(StoreId.EMBEDDED, "bucket", key));
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private void await(int jobs, JobState state) {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(desk().jobs(MAIN, new JobFilter(Set.of(state), null, null, 10)))
                .hasSize(jobs));
  }

  private void runsWith(String staging) throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    try (FrontDesk.Subscription events =
        desk().subscribe(MAIN, event -> said.add(event.toString()))) {
      client.setSecret(NAME, secret);
      deploy(fdl(staging));
      drop("in/a");
      await(1, JobState.SUCCEEDED);
    }
    assertThat(get("out/sum").strip()).isEqualTo(SecretSearch.shown(secret));
    JobId job = desk().jobs(MAIN, new JobFilter(Set.of(), null, null, 10)).getFirst().id();
    try (LogText log = client.log(job.value(), 1, 0)) {
      assertThat(new String(log.bytes().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("the key is ***\n");
    }
    said.add(Json.text(client.functions()));
    said.add(Json.text(client.secrets()));
    said.add(Json.text(client.job(job.value())));
    said.add(
        desk()
            .explain(MAIN, new ObjectName(StoreId.EMBEDDED, "bucket", "in/a"))
            .sentences()
            .toString());
    said.add(desk().ledger().entries(0, 10).toString());
    said.add(desk().order(MAIN, new AttemptId(job, 1)).orElseThrow().line());
    assertThat(said).noneMatch(text -> text.contains(secret));
    client.close();
    machine.close();
  }

  @Test
  void aSecretReachesTheScriptAndNothingElse() throws Exception {
    runsWith("reference");
    assertThat(SecretSearch.of(secret, folder)).isEmpty();
  }

  @Test
  void norIsItInABundle() throws Exception {
    runsWith("bundle");
    assertThat(SecretSearch.of(secret, folder)).isEmpty();
  }

  @Test
  void whatOscarsFileHoldsBecomesASecretAndStaysNowhereElse() throws Exception {
    String oscar =
        """
        functions:
          oscar:
            - c:
                name: f
                image: debian
                memory: 64Mi
                cpu: '0.1'
                script: |
                  true
                  exit 0
                environment: {secrets: {API_KEY: %s}}
                input: [{storage_provider: millrace.default, path: bucket/in}]
                output: [{storage_provider: millrace.default, path: bucket/out}]
        """;
    deploy(oscar.formatted(secret));

    assertThat(client.secrets())
        .singleElement()
        .satisfies(s -> {
          assertThat(s.name()).isEqualTo("f.API_KEY");
          assertThat(s.functions()).containsExactly("f");
        });
    assertThat(Json.text(client.functions())).doesNotContain(secret);
    deploy(oscar.formatted("''"));
    client.close();
    machine.close();
    assertThat(SecretSearch.of(secret, folder)).isEmpty();
  }

  /** As from another host: a proxy beside the coordinator says that it was asked without TLS. */
  @Test
  void whatOscarsFileHoldsIsNotTakenOverPlainHttp() throws Exception {
    String oscar =
        """
        {"functions": {"oscar": [{"c": {"name": "f", "image": "debian", "script": "a\\nb",
          "environment": {"secrets": {"API_KEY": "%s"}},
          "input": [{"storage_provider": "millrace.default", "path": "bucket/in"}],
          "output": [{"storage_provider": "millrace.default", "path": "bucket/out"}]}}]}}
        """
            .formatted(secret);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(machine.apiEndpoint().resolve("/v1/functions"))
            .header("Authorization", "Bearer " + Files.readString(folder.resolve("token")).strip())
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    Json.bytes(new DeployRequest("f.yaml", oscar, Map.of(), Map.of(), false))));
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> refused =
          http.send(
              request.copy().header("X-Forwarded-Proto", "http").build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body()).contains("f.API_KEY", "without TLS").doesNotContain(secret);
      assertThat(client.secrets()).isEmpty();
      assertThat(client.functions()).isEmpty();
      HttpResponse<String> taken = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
    }
  }

  @Test
  void aFunctionWhoseSecretIsNotSetIsNotDeployed() throws Exception {
    assertThatThrownBy(() -> deploy(fdl("reference")))
        .isInstanceOfSatisfying(
            ApiFailure.Answered.class,
            refused ->
                assertThat(refused.problem().problems())
                    .containsExactly(
                        "error: f: secret maps.key is not set: millrace secret set maps.key"));
    assertThat(client.functions()).isEmpty();
  }

  @Test
  void aSecretThatIsWantedStaysUnlessForcedAndThenJobsWaitAndSayForWhat() throws Exception {
    client.setSecret(NAME, secret);
    deploy(fdl("reference"));

    assertThatThrownBy(() -> client.removeSecret(NAME, false)).hasMessageContaining("wanted by f");
    client.removeSecret(NAME, true);
    assertThatThrownBy(() -> client.removeSecret(NAME, true)).hasMessageContaining("no secret");
    drop("in/a");
    ObjectName object = new ObjectName(StoreId.EMBEDDED, "bucket", "in/a");
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(desk().explain(MAIN, object).sentences().toString())
                .contains("secret maps.key is not set: millrace secret set maps.key"));

    client.setSecret(NAME, secret);
    await(1, JobState.SUCCEEDED);
  }

  @Test
  void withoutTheKeyFileOnlyFunctionsThatWantSecretsAreHeldBack() throws Exception {
    client.setSecret(NAME, secret);
    deploy(fdl("reference"));
    deploy(
        """
        functions:
          millrace:
            - name: g
              runner: process
              memory: 64Mi
              cpu: 0.1
              script: |
                cp "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR"
                exit 0
              input: [{path: other/in}]
              output: [{path: other/out}]
        """);
    Path key = folder.resolve("keys/secrets.key");
    byte[] kept = Files.readAllBytes(key);
    Files.delete(key);

    restart();
    assertThat(machine.coordinator().secretTrouble())
        .hasValueSatisfying(t -> assertThat(t).contains("secrets.key is not there"));
    drop("in/a");
    ObjectName other = new ObjectName(StoreId.EMBEDDED, "other", "in/b");
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(
          HttpRequest.newBuilder(desk().uploadUrl(MAIN, other))
              .PUT(HttpRequest.BodyPublishers.ofString("x"))
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }
    await(1, JobState.SUCCEEDED);
    await(1, JobState.WAITING);

    Files.write(key, kept);
    await(2, JobState.SUCCEEDED);
  }

  @Test
  void jobsGoOnUnderANewKey() throws Exception {
    client.setSecret(NAME, secret);
    deploy(fdl("reference"));
    byte[] before = Files.readAllBytes(folder.resolve("keys/secrets.key"));

    assertThat(client.rekeySecrets().secrets()).isEqualTo(1);
    drop("in/a");
    await(1, JobState.SUCCEEDED);

    assertThat(Files.readAllBytes(folder.resolve("keys/secrets.key"))).isNotEqualTo(before);
    assertThat(get("out/sum").strip()).isEqualTo(SecretSearch.shown(secret));
  }

  /** What is lost with its machine comes back with all but the key, which is kept elsewhere. */
  @Test
  void aBackupHasSecretsSealedAndNotTheirKey() throws Exception {
    client.setSecret(NAME, secret);
    deploy(fdl("reference"));
    Path key = folder.resolve("keys/secrets.key");
    byte[] kept = Files.readAllBytes(key);
    Path elsewhere = Files.createTempDirectory("millrace-backup");
    Path archive = elsewhere.resolve("backup.zip");
    LocalUpkeep upkeep = new LocalUpkeep();
    upkeep.backup(folder, Optional.empty(), archive, QUIET);
    assertThat(SecretSearch.of(secret, elsewhere)).isEmpty();
    assertThat(SecretSearch.of(new String(kept, StandardCharsets.US_ASCII).strip(), elsewhere))
        .isEmpty();
    client.close();
    machine.close();

    folder = elsewhere.resolve("restored");
    upkeep.restore(archive, folder, QUIET);
    assertThat(SecretCheck.of(folder, LocalUpkeep.config(folder, Optional.empty())))
        .singleElement()
        .satisfies(found -> {
          assertThat(found.level()).isEqualTo(Finding.Level.BAD);
          assertThat(found.said()).contains("secrets.key is not there");
        });
    start();
    drop("in/a");
    await(1, JobState.WAITING);
    Files.write(folder.resolve("keys/secrets.key"), kept);
    await(1, JobState.SUCCEEDED);
    assertThat(get("out/sum").strip()).isEqualTo(SecretSearch.shown(secret));
    assertThat(SecretCheck.of(folder, LocalUpkeep.config(folder, Optional.empty())))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.WARN);
  }

  @Test
  void doctorSaysNothingOfSecretsWhereThereAreNone() throws Exception {
    assertThat(SecretCheck.of(folder, LocalUpkeep.config(folder, Optional.empty()))).isEmpty();
    client.setSecret(NAME, secret);
    assertThat(SecretCheck.of(folder, LocalUpkeep.config(folder, Optional.empty())))
        .extracting(Finding::level)
        .containsExactly(Finding.Level.OK);
  }
}
