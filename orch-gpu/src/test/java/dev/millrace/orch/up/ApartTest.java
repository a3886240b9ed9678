package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.client.Transfer;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.RunChannel.Claim;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.triggers.embedded.RemoteOutbox;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.SecretKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Store, coordinator and provider as they are when each is a process of its own: they reach each
 * other by HTTP alone.
 */
final class ApartTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String PROVIDER = "gpu-1";

  @TempDir Path folder;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Coordinator.Nature nature = Coordinator.Nature.real();
  private int storePort;
  private int apiPort;
  private StorePart store;
  private RemoteOutbox outbox;
  private DataFolder data;
  private CoordinatorPart coordinator;

  @BeforeEach
  void start() throws Exception {
    startStore();
    startCoordinator("coordinator");
  }

  @AfterEach
  void stop() throws Exception {
    Closing.all(opened);
    stopCoordinator();
    store.close();
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private MillraceConfig config() throws IOException {
    return new ConfigReader(name -> null)
        .read(
            "test.yaml",
            """
            leases: {duration: 3s, manifest_poll: 1s}
            providers: {introduce_every: 200ms, away_after: 2s}
            listing: {interval: 1h}
            provider: {pool: far, runners: {process: {allow: ['*']}}}
            """,
            folder)
        .withPorts(apiPort, storePort);
  }

  private void startStore() throws IOException {
    store = StorePart.start(config(), folder, "--port");
    storePort = store.access().endpoint().getPort();
  }

  private void startCoordinator(String name) throws IOException {
    data = DataFolder.open(folder.resolve(name));
    StoreAccess access = StoreEnvironment.read(folder).orElseThrow();
    outbox =
        new RemoteOutbox(
            access.endpoint(),
            access.region(),
            new AccessKey(access.keys().id(), new SecretKey(access.keys().secret()), "main"),
            InstantSource.system());
    coordinator =
        new CoordinatorPart(
            new CoordinatorPart.Around(
                config(), data, access, Optional.of(outbox), List.of(), "test"),
            nature);
    coordinator.run();
    apiPort = coordinator.endpoint().getPort();
  }

  private void stopCoordinator() throws IOException {
    coordinator.close();
    outbox.close();
    data.close();
  }

  private CoordinatorClient client() throws IOException {
    String token = Files.readString(data.file(TokenFile.NAME)).strip();
    return new CoordinatorClient(coordinator.endpoint(), token);
  }

  private Join join(String provider) throws IOException {
    try (CoordinatorClient client = client()) {
      return client.join(provider, client.endpoint());
    }
  }

  private RemoteProvider provider(Join join) throws Exception {
    RemoteProvider provider = unstarted(join);
    provider.start();
    return provider;
  }

  private RemoteProvider unstarted(Join join) throws IOException {
    return keep(
        new RemoteProvider(config(), folder.resolve(join.provider().value()), join, nature));
  }

  private void deploy(String script) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 64Mi
              cpu: 0.1
              retry: {attempts: 1}
              script: |
        %s
              input:
                - {storage_provider: millrace.default, path: texts/in}
              output:
                - {storage_provider: millrace.default, path: texts/out}
        """
            .formatted(script.indent(10).stripTrailing());
    try (CoordinatorClient client = client()) {
      client.deploy(new DeployRequest("f.yaml", fdl, Map.of(), Map.of(), false));
    }
  }

  private void drop(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "text");
    try (CoordinatorClient client = client();
        Transfer transfer = new Transfer()) {
      transfer.upload(
          file, client.uploadUrl(new ObjectView(null, "texts", "in/" + name)), bytes -> {});
    }
  }

  private JobDetail until(Predicate<JobDetail> wanted) {
    return await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .until(this::newest, job -> job.filter(wanted).isPresent())
        .orElseThrow();
  }

  private Optional<JobDetail> newest() throws IOException {
    try (CoordinatorClient client = client()) {
      List<JobRow> jobs = client.jobs(JobQuery.newest(2)).jobs();
      return jobs.isEmpty()
          ? Optional.empty()
          : Optional.of(client.job(jobs.getFirst().id().value()));
    }
  }

  private JobDetail ended() {
    return until(job ->
        !List.of("waiting", "placed", "staged", "running", "produced", "publishing")
            .contains(job.job().state()));
  }

  private String text(JobDetail job) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CoordinatorClient client = client();
        Transfer transfer = new Transfer()) {
      transfer.download(client.downloadUrl(job.outputs().getFirst().object()), out, bytes -> {});
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<DeviceRow> devices() throws IOException {
    try (CoordinatorClient client = client()) {
      return client.devices();
    }
  }

  @Test
  void aFileBecomesItsResultAcrossThreeParts() throws Exception {
    provider(join(PROVIDER));
    deploy("tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/upper ü+%.txt\"");

    drop("a.txt");

    JobDetail job = ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(text(job)).isEqualTo("TEXT");
    assertThat(job.attempts().getFirst().provider()).hasToString(PROVIDER);
  }

  /** The provider has no key of any bucket, and the coordinator's own events are its listing. */
  @Test
  void aRunOutlastsItsLeaseByRenewals() throws Exception {
    provider(join(PROVIDER));
    deploy("sleep 5");

    drop("a.txt");

    JobDetail job = ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void aJobWaitsForItsProviderAndOneThatIsGoneGetsNothing() throws Exception {
    RemoteProvider first = provider(join(PROVIDER));
    deploy("cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/out\"");
    assertThat(devices()).isNotEmpty().allMatch(DeviceRow::present);

    first.close();
    await().atMost(LONGEST).until(() -> devices().stream().noneMatch(DeviceRow::present));
    drop("a.txt");
    until(job -> job.job().state().equals("waiting"));
    assertThat(newest().orElseThrow().attempts()).isEmpty();
    provider(join(PROVIDER));

    assertThat(ended().job().state()).isEqualTo("succeeded");
  }

  @Test
  void functionsGoOnWhileTheCoordinatorIsRestarted() throws Exception {
    provider(join(PROVIDER));
    deploy("sleep 2; echo done > \"$TMP_OUTPUT_DIR/out\"");
    drop("a.txt");
    until(job -> job.job().state().equals("running"));

    stopCoordinator();
    startCoordinator("coordinator");

    JobDetail job = ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void functionsGoOnWhileTheProviderIsRestarted() throws Exception {
    Join join = join(PROVIDER);
    RemoteProvider first = provider(join);
    deploy("sleep 2; echo done > \"$TMP_OUTPUT_DIR/out\"");
    drop("a.txt");
    until(job -> job.job().state().equals("running"));

    first.close();
    provider(join);

    JobDetail job = ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void anObjectIsAJobThoughTheStoreIsRestartedInTheMiddle() throws Exception {
    provider(join(PROVIDER));
    deploy("sleep 1; echo done > \"$TMP_OUTPUT_DIR/out\"");
    drop("a.txt");
    until(job -> job.job().state().equals("running"));

    store.close();
    startStore();

    assertThat(ended().job().state()).isEqualTo("succeeded");
  }

  @Test
  void anotherCoordinatorsKeyIsRefusedInOneSentence() throws Exception {
    Join join = join(PROVIDER);
    Join stale =
        new Join(
            join.provider(),
            Base64.getEncoder().encodeToString(SigningKey.generate().publicKey()),
            join.http());

    RemoteProvider provider = unstarted(stale);

    assertThatThrownBy(provider::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("signs with key")
        .hasMessageContaining("millrace token");
  }

  @Test
  void whoHasNoTokenOfItsOwnIsNotTakenIn() throws Exception {
    Join.Http http = Objects.requireNonNull(join(PROVIDER).http());
    Join good = join(PROVIDER);
    for (Join bad :
        List.of(
            new Join(good.provider(), good.coordinatorKey(), new Join.Http(http.endpoint(), "x")),
            // A token that a newer one has replaced.
            new Join(good.provider(), good.coordinatorKey(), http))) {
      assertThatThrownBy(unstarted(bad)::start)
          .isInstanceOf(CoordinatorHttp.Denied.class)
          .hasMessageContaining("refuses this provider's token");
    }
    Join other =
        new Join(
            new dev.millrace.schema.id.ProviderId("gpu-2"), good.coordinatorKey(), good.http());
    assertThatThrownBy(unstarted(other)::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("the token is provider gpu-1's");
  }

  @Test
  void aSecondHostWithTheSameTokenIsNotTakenIn() throws Exception {
    Join join = join(PROVIDER);
    provider(join);
    RemoteProvider thief =
        keep(new RemoteProvider(config(), folder.resolve("thief"), join, nature));

    assertThatThrownBy(thief::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("another signing key");
  }

  @Test
  void aProviderSeesAndClaimsItsOwnOrdersAlone() throws Exception {
    Join mine = join(PROVIDER);
    provider(mine).close();
    deploy("true");
    drop("a.txt");
    // Who asks for orders is there.
    Join.Http own = Objects.requireNonNull(mine.http());
    JobDetail job = until(j -> get(own, "/v1/orders?wait=0").contains(j.job().id().value()));
    String line;
    try (CoordinatorClient client = client()) {
      line = client.order(job.job().id().value(), 1);
    }
    Join.Http other = Objects.requireNonNull(join("gpu-2").http());

    assertThat(get(other, "/v1/orders?wait=0")).doesNotContain(job.job().id().value());
    try (HttpRunChannel channel =
        new HttpRunChannel(other.endpoint(), other.token(), Duration.ofSeconds(10))) {
      Claim claim = channel.claim(SignedBytes.parse(line), new RunId("01k9zzzzzzzzzzzzzzzzzzzzzz"));
      assertThat(claim)
          .isInstanceOfSatisfying(
              Claim.Refused.class,
              refused -> assertThat(refused.reason()).contains("for provider gpu-1"));
    }
  }

  private static String get(Join.Http http, String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(http.endpoint() + path))
                  .header("Authorization", "Bearer " + http.token())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
