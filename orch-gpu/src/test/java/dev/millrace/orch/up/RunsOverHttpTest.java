package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.runtime.discovery.HostCpu;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider whose runs reach a real coordinator by its HTTP routes alone. */
class RunsOverHttpTest {
  private static final TenantId MAIN = new TenantId("main");
  private static final String ADMIN = "the-token-of-the-administrator";
  private static final String PROVIDER = "the-token-of-the-provider";

  @TempDir Path folder;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private Coordinator coordinator;
  private ObjectStore store;
  private ApiServer api;
  private SigningKey key;

  @BeforeEach
  void start() throws Exception {
    MillraceConfig config =
        new ConfigReader(name -> null)
            .read(
                "test.yaml",
                "provider: {runners: {process: {allow: ['*']}}}\norders: {poll: 200ms}\n"
                    + "leases: {duration: 3s, manifest_poll: 200ms}",
                folder);
    EmbeddedStore embedded = keep(EmbeddedStore.start(StoreConfig.in(folder.resolve("store"))));
    store =
        keep(
            S3ObjectStore.open(
                S3StoreSettings.at(
                    StoreId.EMBEDDED,
                    embedded.endpoint(),
                    embedded.region(),
                    new S3StoreSettings.AccessKeyPair(
                        embedded.accessKey().id(), embedded.accessKey().secret().value()))));
    DataFolder data = keep(DataFolder.open(folder.resolve("data")));
    coordinator =
        keep(
            Coordinator.open(
                new Coordinator.Ground(
                    config,
                    data,
                    id -> id.equals(StoreId.EMBEDDED) ? Optional.of(store) : Optional.empty(),
                    StoreId.EMBEDDED,
                    notice -> {}),
                Coordinator.Nature.real()));
    api =
        keep(
            ApiServer.start(
                ApiConfig.loopback(0, "test"),
                coordinator.desk(),
                Tokens.of(
                    Map.of(
                        ADMIN,
                        new Tokens.Principal(MAIN, dev.millrace.orch.api.Role.ADMIN),
                        PROVIDER,
                        new Tokens.Principal(
                            MAIN, dev.millrace.orch.api.Role.PROVIDER, config.provider().name()))),
                new ApiServer.Mounted(
                    Optional.of(CoordinatorPart.runs(coordinator.remotes())),
                    Optional.of(coordinator.remotes()),
                    List.of(),
                    Optional.empty())));
    ProviderId name = config.provider().name();
    Path own = folder.resolve("provider");
    key = LocalProvider.key(own, new SecureRandom());
    coordinator.remotes().tokens().issue(name, false, new SecureRandom());
    coordinator.remotes().tokens().bind(name, Base64.getEncoder().encodeToString(key.publicKey()));
    List<Accelerator> devices = new HostCpu().find(name, config.provider().pool());
    LocalProvider provider =
        keep(
            new LocalProvider(
                new LocalProvider.Around(
                    config,
                    own,
                    new BucketOrders(config.orders(), store).sources(),
                    keep(channel(key)),
                    coordinator.trusted()),
                devices,
                new SecureRandom()));
    coordinator.register(provider.introduction(InstantSource.system()));
    coordinator.run();
    provider.start();
  }

  private HttpRunChannel channel(SigningKey by) {
    return new HttpRunChannel(
        api.endpoint(),
        new CoordinatorHttp.Speaker(new ProviderId("local"), PROVIDER, by),
        Duration.ofSeconds(10));
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  @AfterEach
  void stop() {
    Closing.all(opened);
  }

  private void deploy(String script) throws IOException {
    deploy(script, "reference");
  }

  private void deploy(String script, String staging) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 64Mi
              cpu: 0.1
              retry: {attempts: 1}
              staging: %s
              script: |
        %s
              input:
                - {storage_provider: millrace.default, path: bucket/in}
              output:
                - {storage_provider: millrace.default, path: bucket/out}
        """
            .formatted(staging, script.indent(10).stripTrailing());
    FrontDesk.Deployment deployment =
        coordinator
            .desk()
            .deploy(MAIN, "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), Map.of(), Map.of(), true);
    assertThat(deployment).isInstanceOf(FrontDesk.Deployment.Done.class);
  }

  private void drop(String key, String text) throws IOException {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    store.write(name, new ByteArrayInputStream(bytes), bytes.length, WriteOptions.PLAIN);
    coordinator
        .intake()
        .accept(List.of(new Notice("test", name, null, InstantSource.system().instant())));
  }

  private Job ended() {
    JobFilter all = new JobFilter(Set.of(), null, null, 10);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            coordinator.desk().jobs(MAIN, all).stream()
                .anyMatch(job -> job.state().kind() != JobState.Kind.LIVE));
    return coordinator.desk().jobs(MAIN, all).getFirst();
  }

  private String text(String key) throws IOException {
    try (ObjectBody body = store.read("bucket", key).orElseThrow()) {
      return new String(body.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aFileBecomesItsResultAndItsReceiptIsTaken() throws Exception {
    deploy("tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/upper ü+%.txt\"");

    drop("in/a", "text");

    Job job = ended();
    assertThat(job.state()).as("%s", job.reason()).isEqualTo(JobState.SUCCEEDED);
    assertThat(text("out/upper ü+%.txt")).isEqualTo("TEXT");
    await().until(() -> coordinator.desk().ledger().entries(0, 10).size() == 1);
    assertThat(coordinator.desk().ledger().entries(0, 10).getFirst().entry().evidence())
        .isInstanceOf(LedgerEntry.Attested.class);
  }

  /** The order goes with the claim, and the script with the order. */
  @Test
  void aScriptAsLongAsTheLanguageAllowsIsClaimed() throws Exception {
    deploy("true\n" + ("# " + "x".repeat(97) + "\n").repeat(10_000));

    drop("in/a", "text");

    Job job = ended();
    assertThat(job.state()).as("%s", job.reason()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void aBundleBringsInputAndEnvironmentAndIsGoneAfterwards() throws Exception {
    deploy("tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/up$MILLRACE_ATTEMPT\"", "bundle");

    drop("in/a ü+%.txt", "text");

    Job job = ended();
    assertThat(job.state()).as("%s", job.reason()).isEqualTo(JobState.SUCCEEDED);
    assertThat(text("out/up1")).isEqualTo("TEXT");
    await()
        .untilAsserted(() ->
            assertThat(store.list("millrace-orders", ".millrace/bundles/", "", 10).objects())
                .isEmpty());
  }

  @Test
  void aFunctionThatFailsLeavesItsExitCode() throws Exception {
    deploy("exit 3");

    drop("in/a", "text");

    assertThat(ended().reason()).contains("exit code 3");
  }

  @Test
  void renewalsKeepARunThatLastsLongerThanItsLease() throws Exception {
    deploy("sleep 7");

    drop("in/a", "text");

    Job job = ended();
    assertThat(job.state()).as("%s", job.reason()).isEqualTo(JobState.SUCCEEDED);
    assertThat(coordinator.desk().job(MAIN, job.id()).orElseThrow().attempts())
        .extracting(Attempt::reason)
        .containsExactly("the function ended with exit code 0");
  }

  @Test
  void whoHasNoTokenAsksNothingAndWhatIsNoRequestIsABadOne() throws Exception {
    for (String operation : List.of("claim", "url", "renew", "settle", "followed", "printed")) {
      assertThat(post(operation, "{}", "wrong")).isEqualTo(401);
      for (String body :
          List.of(
              "",
              "{}",
              "[]",
              "null",
              "{\"run\":null}",
              "{\"order\":\"x\",\"run\":\"y\"}",
              "{\"provider\":\"local\",\"known\":0,\"patience\":null}",
              "{\"provider\":null,\"known\":0,\"patience\":\"PT1S\"}",
              "{\"run\":null,\"from\":0,\"text\":\"\"}")) {
        assertThat(post(operation, body, ADMIN)).as("%s %s", operation, body).isEqualTo(400);
        assertThat(post(operation, body, PROVIDER)).as("%s %s", operation, body).isEqualTo(401);
      }
    }
  }

  private int post(String operation, String body, String token) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(api.endpoint() + "/v1/runs/" + operation))
                  .header("Authorization", "Bearer " + token)
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }
}
