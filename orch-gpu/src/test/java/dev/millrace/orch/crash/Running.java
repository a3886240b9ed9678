package dev.millrace.orch.crash;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Millrace in one process or in three on one data folder, with one client of its API and one of its
 * store while these answer.
 */
final class Running implements AutoCloseable {
  private static final List<String> LIVE =
      List.of("waiting", "placed", "staged", "running", "produced", "publishing");
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

  private final Layout layout;
  private final Path data;
  private final Path config;
  private final int storePort;
  private final int apiPort;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final List<Duration> starts = new ArrayList<>();
  private Optional<CoordinatorClient> api = Optional.empty();
  private volatile Optional<S3Client> store = Optional.empty();
  private int started;

  /** Which commands make up the whole. */
  enum Layout {
    WHOLE(List.of("up")),
    APART(List.of("store", "coordinator", "provider"));

    private final List<String> parts;

    Layout(List<String> parts) {
      this.parts = parts;
    }

    /** The commands, in the order in which they start. */
    List<String> parts() {
      return parts;
    }
  }

  private Running(Layout layout, Path data, Path config) throws IOException {
    this.layout = layout;
    this.data = data;
    this.config = config;
    try (ServerSocket one = free();
        ServerSocket two = free()) {
      storePort = one.getLocalPort();
      apiPort = two.getLocalPort();
    }
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Starts all of it and waits until each part says that it is ready. */
  static Running start(Layout layout, Path data, Path config) throws IOException {
    Running running = new Running(layout, data, config);
    running.restart(layout.parts());
    return running;
  }

  /** Starts these parts, which do not run. */
  void restart(List<String> parts) throws IOException {
    long began = System.nanoTime();
    Map<String, Path> said = new LinkedHashMap<>();
    for (String part : parts) {
      said.put(part, begin(part));
    }
    said.forEach((part, file) -> awaitReady(processes.get(part), file));
    starts.add(Duration.ofNanos(System.nanoTime() - began));
    if (api.isEmpty()) {
      String token = Files.readString(data.resolve(TokenFile.NAME)).strip();
      api = Optional.of(new CoordinatorClient(URI.create("http://127.0.0.1:" + apiPort), token));
    }
    if (store.isEmpty()) {
      store = Optional.of(storeClient(data));
    }
  }

  private Path begin(String part) throws IOException {
    Path said = data.resolveSibling(part + "-" + ++started + ".out");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.orch.Main",
                part,
                "--data",
                data.toString(),
                "--config",
                config.toString(),
                "--no-color"));
    command.addAll(ports(part));
    processes.put(
        part,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start());
    return said;
  }

  private List<String> ports(String part) {
    return switch (part) {
      case "up" -> List.of("--port", "" + apiPort, "--store-port", "" + storePort);
      case "store" -> List.of("--port", "" + storePort);
      case "coordinator" -> List.of("--port", "" + apiPort);
      default -> List.of();
    };
  }

  private static void awaitReady(Process process, Path said) {
    Awaitility.await("ready: " + said)
        .atMost(READY_WITHIN)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          String text = Files.readString(said);
          if (!process.isAlive()) {
            throw new IOException("it ended by itself and said: " + text);
          }
          return text.contains("ready after");
        });
  }

  /** As a client of its own would: what it is told in {@code store.env}, and never a retry. */
  private static S3Client storeClient(Path data) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    for (String line : Files.readAllLines(data.resolve("store.env"))) {
      String[] parts = line.substring("export ".length()).split("=", 2);
      environment.put(parts[0], parts[1]);
    }
    return S3Client.builder()
        .endpointOverride(URI.create(environment.get("AWS_ENDPOINT_URL_S3")))
        .region(Region.of(environment.get("AWS_DEFAULT_REGION")))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    environment.get("AWS_ACCESS_KEY_ID"),
                    environment.get("AWS_SECRET_ACCESS_KEY"))))
        .overrideConfiguration(c ->
            c.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallTimeout(Duration.ofSeconds(30)))
        .build();
  }

  CoordinatorClient api() {
    return api.orElseThrow();
  }

  /** The store's client; empty while the store is down. */
  Optional<S3Client> store() {
    return store;
  }

  /** From the start of processes until the last was ready, for each time. */
  List<Duration> starts() {
    return List.copyOf(starts);
  }

  /** Whether somebody has the journal open. */
  boolean journalOpen() {
    return api.isPresent();
  }

  /** Jobs that are admitted and not yet ended. */
  long inFlight() throws IOException {
    return count(true);
  }

  /** Jobs that have ended or rest. */
  long ended() throws IOException {
    return count(false);
  }

  private long count(boolean live) throws IOException {
    return api().counts().states().entrySet().stream()
        .filter(e -> LIVE.contains(e.getKey()) == live)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** kill -9: nothing of these parts runs any more when this returns. */
  void kill(List<String> parts) throws InterruptedException {
    for (String part : parts) {
      processes.get(part).destroyForcibly();
    }
    for (String part : parts) {
      processes.get(part).waitFor();
    }
    if (parts.contains("up") || parts.contains("coordinator")) {
      api.ifPresent(CoordinatorClient::close);
      api = Optional.empty();
    }
    if (parts.contains("up") || parts.contains("store")) {
      Optional<S3Client> before = store;
      store = Optional.empty();
      before.ifPresent(S3Client::close);
    }
  }

  /** Asks all parts to stop, the last started first; their exit codes. */
  List<Integer> stop() throws InterruptedException {
    List<Integer> codes = new ArrayList<>();
    for (String part : layout.parts().reversed()) {
      Process process = processes.get(part);
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError(part + " did not stop within 30 s of SIGTERM");
      }
      codes.add(process.exitValue());
    }
    close();
    return codes;
  }

  @Override
  public void close() throws InterruptedException {
    kill(List.copyOf(processes.keySet()));
  }
}
