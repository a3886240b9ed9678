package dev.millrace.orch.up;

import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.ApiServer;
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
import dev.millrace.schema.run.Join;
import dev.millrace.triggers.embedded.RemoteOutbox;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.SecretKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A store and a coordinator as they are when each is a process of its own, reached by HTTP alone;
 * and providers that join them.
 */
final class Site implements AutoCloseable {
  static final String PROVIDER = "gpu-1";
  private static final Duration LONGEST = Duration.ofSeconds(60);

  final Path folder;
  private final String more;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Coordinator.Nature nature = Coordinator.Nature.real();
  private int storePort;
  private int apiPort;
  private StorePart store;
  private RemoteOutbox outbox;
  private DataFolder data;
  private CoordinatorPart coordinator;

  /**
   * Starts store and coordinator.
   *
   * @param more configuration, beside what makes it quick
   */
  Site(Path folder, String more) throws IOException {
    this.folder = folder;
    this.more = more;
    startStore();
    startCoordinator("coordinator");
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
    stopCoordinator();
    store.close();
  }

  <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  MillraceConfig config() throws IOException {
    return new ConfigReader(name -> null)
        .read(
            "test.yaml",
            """
            leases: {manifest_poll: 1s}
            providers: {introduce_every: 200ms, away_after: 2s, mail_poll: 100ms}
            listing: {interval: 1h}
            provider: {pool: far, runners: {process: {allow: ['*']}}}
            """
                + more,
            folder)
        .withPorts(apiPort, storePort);
  }

  void startStore() throws IOException {
    store = StorePart.start(config(), folder, "--port");
    storePort = store.access().endpoint().getPort();
  }

  void startCoordinator(String name) throws IOException {
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

  void stopCoordinator() throws IOException {
    coordinator.close();
    outbox.close();
    data.close();
  }

  /** What the coordinator's API answers to. */
  List<ApiServer.Route> routes() {
    return coordinator.routes();
  }

  /** Where it answers. */
  URI api() {
    return coordinator.endpoint();
  }

  CoordinatorClient client() throws IOException {
    String token = Files.readString(data.file(TokenFile.NAME)).strip();
    return new CoordinatorClient(coordinator.endpoint(), token);
  }

  Join join(String provider) throws IOException {
    try (CoordinatorClient client = client()) {
      return client.join(provider, client.endpoint());
    }
  }

  RemoteProvider provider(Join join) throws Exception {
    RemoteProvider provider = unstarted(join);
    provider.start();
    return provider;
  }

  RemoteProvider unstarted(Join join) throws IOException {
    return keep(
        new RemoteProvider(config(), folder.resolve(join.provider().value()), join, nature));
  }

  /** The coordinator's part, for a provider in its process. */
  CoordinatorPart part() {
    return coordinator;
  }

  void deploy(String script) throws IOException {
    deploy(script, 1);
  }

  void deploy(String script, int attempts) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 64Mi
              cpu: 0.1
              retry: {attempts: %d, delay: 100ms}
              script: |
        %s
              input:
                - {storage_provider: millrace.default, path: texts/in}
              output:
                - {storage_provider: millrace.default, path: texts/out}
        """
            .formatted(attempts, script.indent(10).stripTrailing());
    try (CoordinatorClient client = client()) {
      client.deploy(new DeployRequest("f.yaml", fdl, Map.of(), Map.of(), false));
    }
  }

  void drop(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "text");
    try (CoordinatorClient client = client();
        Transfer transfer = new Transfer()) {
      transfer.upload(
          file, client.uploadUrl(new ObjectView(null, "texts", "in/" + name)), bytes -> {});
    }
  }

  JobDetail until(Predicate<JobDetail> wanted) {
    return await()
        .atMost(LONGEST)
        .pollInterval(Duration.ofMillis(50))
        .until(this::newest, job -> job.filter(wanted).isPresent())
        .orElseThrow();
  }

  Optional<JobDetail> newest() throws IOException {
    try (CoordinatorClient client = client()) {
      List<JobRow> jobs = client.jobs(JobQuery.newest(2)).jobs();
      return jobs.isEmpty()
          ? Optional.empty()
          : Optional.of(client.job(jobs.getFirst().id().value()));
    }
  }

  Join joinByBucket(String provider) throws IOException {
    try (CoordinatorClient client = client()) {
      return client.join(provider, null);
    }
  }

  void closeStore() throws IOException {
    store.close();
  }

  StoreAccess access() {
    return store.access();
  }

  Coordinator.Nature nature() {
    return nature;
  }

  /** A third of a lease after its claim a run renews it. */
  void awaitRenewal() {
    await()
        .atMost(LONGEST)
        .until(() ->
            coordinator.coordinator().journal().liveLeases().stream()
                .anyMatch(lease -> lease.counter() > 0));
  }

  JobDetail ended() {
    return until(job ->
        !List.of("waiting", "placed", "staged", "running", "produced", "publishing")
            .contains(job.job().state()));
  }

  String text(JobDetail job) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CoordinatorClient client = client();
        Transfer transfer = new Transfer()) {
      transfer.download(client.downloadUrl(job.outputs().getFirst().object()), out, bytes -> {});
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  List<DeviceRow> devices() throws IOException {
    try (CoordinatorClient client = client()) {
      return client.devices();
    }
  }
}
