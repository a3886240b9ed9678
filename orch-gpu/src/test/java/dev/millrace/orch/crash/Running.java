package dev.millrace.orch.crash;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code millrace up} as a process of its own, with one client of its API and one of its store. */
final class Running implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(90);

  private final Process process;
  private final CoordinatorClient api;
  private final S3Client store;
  private final Duration startedIn;

  private Running(Process process, CoordinatorClient api, S3Client store, Duration startedIn) {
    this.process = process;
    this.api = api;
    this.store = store;
    this.startedIn = startedIn;
  }

  /**
   * Starts it and waits until it says that it is ready.
   *
   * @param number of this start, which names its output
   */
  static Running start(Path data, Path config, int number) throws IOException {
    long began = System.nanoTime();
    Path said = data.resolveSibling("up-" + number + ".out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.orch.Main",
                "up",
                "--data",
                data.toString(),
                "--config",
                config.toString(),
                "--port",
                "0",
                "--store-port",
                "0",
                "--no-color")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
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
      Duration startedIn = Duration.ofNanos(System.nanoTime() - began);
      CoordinatorFile where = CoordinatorFile.read(data).orElseThrow();
      String token = Files.readString(data.resolve(TokenFile.NAME)).strip();
      return new Running(
          process, new CoordinatorClient(where.uri(), token), storeClient(data), startedIn);
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
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
    return api;
  }

  S3Client store() {
    return store;
  }

  /** From the start of the process until it was ready. */
  Duration startedIn() {
    return startedIn;
  }

  /** Jobs that are admitted and not yet ended. */
  long inFlight() throws IOException {
    return api.counts().states().entrySet().stream()
        .filter(e -> States.LIVE.contains(e.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** kill -9: nothing of the process runs any more when this returns. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    forget();
  }

  /** Asks it to stop, and waits for that. */
  int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("it did not stop within 30 s of SIGTERM");
    }
    forget();
    return process.exitValue();
  }

  private void forget() {
    api.close();
    store.close();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /** Labels of states. */
  static final class States {
    static final List<String> LIVE =
        List.of("waiting", "placed", "staged", "running", "produced", "publishing");

    private States() {}
  }
}
