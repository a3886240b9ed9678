package dev.millrace.triggers.embedded.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code StoreMain} as a process of its own, and a client of it that never tries again. */
final class StoreProcess implements AutoCloseable {
  private static final String READY = "store ready at ";

  private final Process process;
  private final S3Client s3;

  private StoreProcess(Process process, S3Client s3) {
    this.process = process;
    this.s3 = s3;
  }

  static StoreProcess start(Path folder, Path said) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.triggers.embedded.StoreMain",
                folder.toString(),
                "0")
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      Awaitility.await("ready: " + said)
          .atMost(Duration.ofSeconds(90))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> {
            if (!process.isAlive()) {
              throw new IOException("it ended by itself: " + Files.readString(said));
            }
            return endpoint(said).isPresent();
          });
      return new StoreProcess(process, client(endpoint(said).orElseThrow(), folder));
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Optional<URI> endpoint(Path said) throws IOException {
    return Files.readAllLines(said).stream()
        .filter(line -> line.startsWith(READY))
        .map(line -> URI.create(line.substring(READY.length())))
        .findFirst();
  }

  /** A client of the store of that folder with its first access key. */
  static S3Client client(URI endpoint, Path folder) throws IOException {
    List<String> keys =
        Files.readAllLines(folder.resolve("access-keys")).stream()
            .filter(line -> line.startsWith("aws_"))
            .map(line -> line.substring(line.indexOf('=') + 1).strip())
            .toList();
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(keys.get(0), keys.get(1))))
        .httpClientBuilder(Apache5HttpClient.builder().maxConnections(64))
        .overrideConfiguration(c ->
            c.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallTimeout(Duration.ofSeconds(30)))
        .build();
  }

  S3Client s3() {
    return s3;
  }

  /** kill -9. */
  void kill() {
    process.destroyForcibly();
  }

  void awaitEnd() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it does not die");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    s3.close();
  }
}
