package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Who may not, hears so before a byte of a body is read. */
final class RefusalTest {
  @TempDir Path folder;
  Instant now = Instant.now();
  EmbeddedStore store;

  @BeforeEach
  void start() throws IOException {
    InstantSource clock = () -> now;
    store = EmbeddedStore.start(StoreConfig.in(folder).withClock(clock));
    try (S3Client s3 = StoreClients.sdk(store)) {
      s3.createBucket(r -> r.bucket("inbox"));
    }
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
  }

  @Test
  void refusesAnAnonymousPutWithoutReadingItsBody() throws IOException {
    String answer =
        exchange(
            """
            PUT /inbox/a HTTP/1.1
            Host: localhost
            Content-Length: 1000000
            Expect: 100-continue

            """);

    assertThat(answer).startsWith("HTTP/1.1 403").contains("<Code>AccessDenied</Code>");
    assertThat(answer).doesNotContain("100 Continue");
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void refusesAnUnknownKeyWithoutReadingTheBody() throws IOException {
    String answer =
        exchange(
            """
            PUT /inbox/a HTTP/1.1
            Host: localhost
            Content-Length: 1000000
            X-Amz-Date: %s
            X-Amz-Content-Sha256: UNSIGNED-PAYLOAD
            Authorization: AWS4-HMAC-SHA256 Credential=WHO/%s/us-east-1/s3/aws4_request, \
            SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=%s

            """
                .formatted(basic(), basic().substring(0, 8), "0".repeat(64)));

    assertThat(answer).startsWith("HTTP/1.1 403").contains("<Code>InvalidAccessKeyId</Code>");
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void refusesAWrongSecret() {
    var wrong = StoreClients.credentials(store.accessKey().id(), "not-the-secret");
    try (S3Client s3 = StoreClients.sdk(store.endpoint(), wrong)) {
      assertCode(
          () -> s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("x")),
          "SignatureDoesNotMatch");
    }
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void refusesARequestSignedMoreThanAQuarterOfAnHourAgo() {
    now = now.plus(Duration.ofMinutes(16));
    try (S3Client s3 =
        S3Client.builder()
            .endpointOverride(store.endpoint())
            .region(software.amazon.awssdk.regions.Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(StoreClients.credentials(store))
            .httpClient(software.amazon.awssdk.http.apache5.Apache5HttpClient.create())
            .overrideConfiguration(c ->
                c.retryStrategy(software.amazon.awssdk.awscore.retry.AwsRetryStrategy.doNotRetry()))
            .build()) {
      assertCode(
          () -> s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("x")),
          "RequestTimeTooSkewed");
    }
  }

  @Test
  void hasNoTraceOfAClientThatLeavesInTheMiddle() throws Exception {
    try (var presigner = StoreClients.presigner(store)) {
      URI url =
          presigner
              .presignPutObject(p ->
                  p.signatureDuration(Duration.ofMinutes(5))
                      .putObjectRequest(r -> r.bucket("inbox").key("half")))
              .url()
              .toURI();
      try (Socket socket = new Socket("127.0.0.1", store.endpoint().getPort())) {
        String head =
            "PUT "
                + url.getRawPath()
                + "?"
                + url.getRawQuery()
                + " HTTP/1.1\r\nHost: "
                + url.getHost()
                + ":"
                + url.getPort()
                + "\r\nContent-Length: 100000\r\n\r\nhalf";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        Awaitility.await().until(() -> StoreFiles.blobs(folder).size() == 1);
      }
      Awaitility.await().until(() -> StoreFiles.blobs(folder).isEmpty());
    }
    assertThat(store.outbox().eventsAfter(0, 1)).isEmpty();
  }

  @Test
  void keepsItsAccessKeysForTheOwnerAlone() throws IOException {
    Path keys = folder.resolve("access-keys");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)))
        .isEqualTo("rw-------");
    store.close();
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> EmbeddedStore.start(StoreConfig.in(folder)))
        .hasMessageContaining("chmod 600");
    Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    store = EmbeddedStore.start(StoreConfig.in(folder));
  }

  @Test
  void letsOneStoreAtATimeHaveTheFolder() {
    assertThatThrownBy(() -> EmbeddedStore.start(StoreConfig.in(folder)))
        .hasMessageContaining("Another store is running");
  }

  @Test
  void answers501ToWhatItDoesNotDo() {
    try (S3Client s3 = StoreClients.sdk(store)) {
      assertCode(() -> s3.putBucketPolicy(r -> r.bucket("inbox").policy("{}")), "NotImplemented");
      assertCode(
          () ->
              s3.putObject(
                  r -> r.bucket("inbox").key("a").serverSideEncryption("AES256"),
                  RequestBody.fromString("x")),
          "NotImplemented");
      assertCode(() -> s3.createBucket(r -> r.bucket("inbox")), "BucketAlreadyOwnedByYou");
    }
  }

  private String basic() {
    return java.time.format.DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'")
        .format(now.atOffset(java.time.ZoneOffset.UTC));
  }

  /** Sends a head alone and reads the refusal. */
  private String exchange(String head) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", store.endpoint().getPort())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      StringBuilder answer = new StringBuilder();
      for (int next = in.read(); next >= 0; next = in.read()) {
        answer.append((char) next);
        if (next == '>' && answer.toString().endsWith("</Error>")) {
          break;
        }
      }
      return answer.toString();
    }
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }
}
