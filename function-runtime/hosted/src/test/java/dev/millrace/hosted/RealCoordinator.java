package dev.millrace.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.fleet.CallProofs;
import dev.millrace.orch.fleet.Introductions;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.up.Coordinator;
import dev.millrace.orch.up.DataFolder;
import dev.millrace.runtime.channel.RunChannelWire;
import dev.millrace.runtime.discovery.HostCpu;
import dev.millrace.runtime.provider.Introducer;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A coordinator on the embedded store that knows one provider and speaks with it over HTTP. */
final class RealCoordinator implements AutoCloseable {
  static final String BUCKET = "millrace-orders";
  private static final TenantId MAIN = new TenantId("main");
  private static final ProviderId HOSTED = new ProviderId("hosted");
  private static final JobFilter ALL = new JobFilter(Set.of(), null, null, 100);

  /** How many claims were asked for. */
  final AtomicInteger claims = new AtomicInteger();

  /** How often the host has introduced itself. */
  final AtomicInteger introductions = new AtomicInteger();

  private final Path folder;
  private final EmbeddedStore embedded;
  private final S3ObjectStore store;
  private final DataFolder data;
  private final Coordinator coordinator;
  private final HttpServer http;
  private final String token;
  private final SigningKey provider = SigningKey.generate();

  RealCoordinator(Path folder) throws IOException {
    this.folder = folder;
    embedded = EmbeddedStore.start(StoreConfig.in(folder.resolve("store")));
    store =
        S3ObjectStore.open(
            S3StoreSettings.at(
                StoreId.EMBEDDED,
                embedded.endpoint(),
                embedded.region(),
                new S3StoreSettings.AccessKeyPair(
                    embedded.accessKey().id(), embedded.accessKey().secret().value())));
    data = DataFolder.open(folder.resolve("data"));
    coordinator =
        Coordinator.open(
            new Coordinator.Ground(
                new ConfigReader(name -> null)
                    .read(
                        "t.yaml",
                        """
                        leases: {duration: 3m, claim_within: 5m}
                        providers: {away_after: 10m}
                        """,
                        folder),
                data,
                id -> id.equals(StoreId.EMBEDDED) ? Optional.of(store) : Optional.empty(),
                StoreId.EMBEDDED,
                notice -> {}),
            Coordinator.Nature.real());
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/v1/runs/", this::answer);
    http.createContext("/v1/providers/introduce", this::introduce);
    http.start();
    token = coordinator.remotes().tokens().issue(HOSTED, false, new SecureRandom());
    coordinator.run();
  }

  /** As if the host had been started once, and is silent since: a function that sleeps. */
  void knowTheHost() throws Exception {
    PoolId pool = new PoolId("local");
    new Introducer(
            new Introducer.Who(HOSTED, pool, provider, new HostCpu().find(HOSTED, pool)),
            new Introducer.Coordinator(
                this::welcome, Base64.getDecoder().decode(coordinator.remotes().key()), "here"),
            new SecureRandom())
        .introduce();
  }

  private SignedBytes welcome(SignedBytes introduction) throws IOException {
    return switch (coordinator.remotes().introductions().introduce(HOSTED, introduction)) {
      case Introductions.Outcome.Welcomed(SignedBytes welcome) -> welcome;
      case Introductions.Outcome.Refused(String reason) -> throw new IOException(reason);
    };
  }

  private void introduce(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      introductions.incrementAndGet();
      byte[] line =
          welcome(SignedBytes.parse(new String(body, StandardCharsets.US_ASCII)))
              .line()
              .getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(200, line.length);
      exchange.getResponseBody().write(line);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))
          || !isProven(exchange, body)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      if (path.endsWith("/claim")) {
        claims.incrementAndGet();
      }
      RunChannelWire.Answer answer = RunChannelWire.serve(coordinator.channel(), path, body);
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private boolean isProven(HttpExchange exchange, byte[] body) {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String proof =
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(Call.PROOF), "");
    return switch (coordinator
        .remotes()
        .proofs()
        .check(new CallProofs.Asked(HOSTED, request, body, proof))) {
      case CallProofs.Outcome.Proven() -> true;
      case CallProofs.Outcome.Refused(String reason) -> false;
      case CallProofs.Outcome.Unproven(String challenge) -> {
        exchange.getResponseHeaders().add(Call.CHALLENGE, challenge);
        yield false;
      }
    };
  }

  /** What a host is told. */
  Map<String, String> environment(Path of) throws IOException {
    Base64.Encoder encoder = Base64.getEncoder();
    Files.createDirectories(of);
    Path key =
        Files.writeString(
            of.resolve("key"),
            encoder.encodeToString(provider.privateKey())
                + "\n"
                + encoder.encodeToString(provider.publicKey())
                + "\n");
    Path file = Files.writeString(of.resolve("token"), token + "\n");
    List<String> coordinatorKey =
        Files.readAllLines(folder.resolve("data/keys/coordinator.ed25519"));
    Map<String, String> all = new HashMap<>();
    all.put("MILLRACE_COORDINATOR", "http://127.0.0.1:" + http.getAddress().getPort());
    all.put("MILLRACE_TOKEN_FILE", file.toString());
    all.put("MILLRACE_PROVIDER", "hosted");
    all.put("MILLRACE_PROVIDER_KEY_FILE", key.toString());
    all.put("MILLRACE_COORDINATOR_KEY", coordinatorKey.get(1));
    all.put("MILLRACE_DATA", of.resolve("runs").toString());
    all.put("MILLRACE_PROCESS_ALLOW", "*");
    all.put("MILLRACE_ORDERS_BUCKET", BUCKET);
    all.put("MILLRACE_ORDERS_ENDPOINT", embedded.endpoint().toString());
    all.put("AWS_REGION", embedded.region());
    all.put("AWS_ACCESS_KEY_ID", embedded.accessKey().id());
    all.put("AWS_SECRET_ACCESS_KEY", embedded.accessKey().secret().value());
    return all;
  }

  /** Deploys a function on {@code NAME/in}, with more lines for its entry. */
  void deploy(String name, String script, String more) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: %s
              runner: process
              memory: 64Mi
              cpu: 0.1
              script: |
                %s
                exit $?
              input:
                - {storage_provider: millrace.default, path: bucket/%s-in}
              output:
                - {storage_provider: millrace.default, path: bucket/%s-out}
        """
                .formatted(name, script, name, name)
            + more.indent(6);
    FrontDesk.Deployment done =
        coordinator
            .desk()
            .deploy(MAIN, "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), Map.of(), Map.of(), true);
    assertThat(done).isInstanceOf(FrontDesk.Deployment.Done.class);
  }

  /** Drops a file, and waits until the order for it is staged. */
  Job staged(String function, String text) throws IOException {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", function + "-in/a");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    store.write(name, new ByteArrayInputStream(bytes), bytes.length, WriteOptions.PLAIN);
    coordinator
        .intake()
        .accept(List.of(new Notice("test", name, null, InstantSource.system().instant())));
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> newest(function).filter(j -> j.state() == JobState.STAGED).isPresent());
    return newest(function).orElseThrow();
  }

  private Optional<Job> newest(String function) {
    return coordinator.desk().jobs(MAIN, ALL).stream()
        .filter(j -> j.function().name().value().equals(function))
        .findFirst();
  }

  /** The job, once it is in that state. */
  Job await(Job job, JobState state) {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(now(job).state()).isEqualTo(state));
    return now(job);
  }

  private Job now(Job job) {
    return coordinator.desk().job(MAIN, job.id()).orElseThrow().job();
  }

  Attempt attempt(Job job) {
    return coordinator.desk().job(MAIN, job.id()).orElseThrow().attempts().getLast();
  }

  static String key(Job job) {
    return "orders/hosted/" + job.id() + "-1";
  }

  String text(String key) throws IOException {
    try (ObjectBody body = store.read("bucket", key).orElseThrow()) {
      return new String(body.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Puts something into the intermediate bucket, as a stranger would. */
  void put(String key, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    store.write(
        new ObjectName(StoreId.EMBEDDED, BUCKET, key),
        new ByteArrayInputStream(bytes),
        bytes.length,
        WriteOptions.PLAIN);
  }

  /** What S3 says of an object that was written. */
  static String event(String bucket, String key) {
    return """
    {"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
      "eventTime": "2026-03-01T10:00:00.000Z", "eventName": "ObjectCreated:Put",
      "s3": {"s3SchemaVersion": "1.0", "configurationId": "orders",
        "bucket": {"name": "%s", "arn": "arn:aws:s3:::%s"},
        "object": {"key": "%s", "size": 1, "eTag": "x", "sequencer": "0A"}}}]}
    """
        .formatted(bucket, bucket, java.net.URLEncoder.encode(key, StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    http.stop(0);
    coordinator.close();
    data.close();
    store.close();
    embedded.close();
  }
}
