package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Bodies that are refused before they were read, and what their clients hear of it. */
final class RefusedBodiesTest {
  private static final int SMALL_MAX = 1 << 20;
  private static final int LARGE = 20 << 20;

  @TempDir Path folder;
  EmbeddedStore store;

  @AfterEach
  void stop() throws IOException {
    store.close();
  }

  /** As a client does that reads nothing before it has sent all. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4 << 10, SMALL_MAX})
  void areReadToTheirEndWhenTheyAreSmallAndTheConnectionGoesOn(int bytes) throws Exception {
    start();
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        send(socket, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
        socket.getOutputStream().write(new byte[bytes]);

        assertThat(answer(socket))
            .startsWith("HTTP/1.1 403")
            .doesNotContainIgnoringCase("connection: close")
            .contains("<Code>AccessDenied</Code>");
      }
    }
  }

  @Test
  void areAnsweredBeforeTheyCome() throws Exception {
    start();
    try (Socket socket = connect()) {
      send(socket, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n\r\n");
      assertThat(answer(socket)).startsWith("HTTP/1.1 403");

      socket.getOutputStream().write(new byte[4096]);
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(answer(socket)).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void areReadToTheirEndThoughTheySayNoLength() throws Exception {
    start();
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        send(socket, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int chunk = 0; chunk < 100; chunk++) {
          send(socket, "1000\r\n" + "x".repeat(0x1000) + "\r\n");
        }
        send(socket, "0\r\n\r\n");
        assertThat(answer(socket)).startsWith("HTTP/1.1 403");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {SMALL_MAX + 1, LARGE})
  void areReadForTheSakeOfTheAnswerWhenTheyAreLargeAndTheConnectionEnds(int bytes)
      throws Exception {
    start();
    try (Socket socket = connect()) {
      send(socket, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
      socket.getOutputStream().write(new byte[bytes]);

      assertThat(answer(socket))
          .startsWith("HTTP/1.1 403")
          .containsIgnoringCase("connection: close");
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  @Test
  void areNotReadWithoutEnd() throws Exception {
    start();
    try (Socket socket = connect()) {
      send(socket, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n");
      byte[] some = new byte[1 << 20];
      int sent = 0;
      try {
        while (sent < 1000) {
          socket.getOutputStream().write(some);
          sent++;
        }
      } catch (SocketException e) {
        // As it has to be.
      }
      assertThat(sent).as("MiB").isBetween(20, 100);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4 << 10, SMALL_MAX, LARGE})
  void haveTheSdkReadWhy(int bytes) throws Exception {
    start(new StoreConfig.Space(0, Long.MAX_VALUE, 1 << 10), StoreConfig.Limits.standard());
    try (S3Client s3 = unasked()) {
      s3.createBucket(r -> r.bucket("inbox"));
      for (int i = 0; i < 5; i++) {
        assertRefused(() -> put(s3, "inbox", bytes), 403, "QuotaExceeded");
        assertRefused(() -> put(s3, "nowhere", bytes), 404, "NoSuchBucket");
      }
    }
    stop();
    start(new StoreConfig.Space(1L << 60, 1L << 60, 1L << 60), StoreConfig.Limits.standard());
    try (S3Client s3 = unasked()) {
      for (int i = 0; i < 5; i++) {
        assertRefused(() -> put(s3, "inbox", bytes), 507, "InsufficientStorage");
      }
    }
  }

  /** One byte now and then, of which the whole limit would be hours. */
  @ParameterizedTest
  @ValueSource(ints = {1000, LARGE})
  void areReadForAWhileOnlyWhenTheyComeByteByByte(int bytes) throws Exception {
    startWithOnePlace(Duration.ofMillis(500));
    try (Socket slow = connect()) {
      sendHeadOf(bytes, slow);

      await().atMost(Duration.ofSeconds(10)).until(() -> isGoneAfterOneMore(slow));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, LARGE})
  void holdNoPlaceWhileTheyAreRead(int bytes) throws Exception {
    startWithOnePlace(Duration.ofMinutes(5));
    try (Socket slow = connect();
        Socket other = connect()) {
      sendHeadOf(bytes, slow);

      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            send(other, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            return answer(other).startsWith("HTTP/1.1 403");
          });
    }
  }

  private void startWithOnePlace(Duration window) throws IOException {
    StoreConfig.Pace pace = new StoreConfig.Pace(100, Duration.ofSeconds(1), 1, window);
    start(
        StoreConfig.Space.standard(),
        new StoreConfig.Limits(1, Duration.ofSeconds(30), 1 << 20, 5 << 20, pace));
  }

  private void sendHeadOf(int bytes, Socket slow) throws IOException {
    send(slow, "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n");
    assertThat(answer(slow)).startsWith("HTTP/1.1 403");
  }

  @Test
  void areNotWaitedForWhenNobodyWasToldToSendThem() throws Exception {
    start();
    try (Socket socket = connect()) {
      send(
          socket,
          "PUT /inbox/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4096\r\n"
              + "Expect: 100-continue\r\n\r\n");
      assertThat(answer(socket)).startsWith("HTTP/1.1 403");
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  private void start() throws IOException {
    start(StoreConfig.Space.standard(), StoreConfig.Limits.standard());
  }

  private void start(StoreConfig.Space space, StoreConfig.Limits limits) throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder).withSpace(space).withLimits(limits));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", store.endpoint().getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** A whole answer, and nothing behind it. */
  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      assertThat(next).as("the end of the connection after: %s", head).isNotNegative();
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int length = Integer.parseInt(text.replaceAll("(?is).*\r\ncontent-length: (\\d+)\r\n.*", "$1"));
    return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }

  private static boolean isGoneAfterOneMore(Socket socket) throws IOException {
    try {
      socket.setSoTimeout(20);
      send(socket, "x");
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  /** A client that sends its bodies without asking whether they are wanted, and asks once. */
  private S3Client unasked() {
    return S3Client.builder()
        .endpointOverride(store.endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(StoreClients.credentials(store))
        .httpClient(Apache5HttpClient.builder().expectContinueEnabled(false).build())
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static void put(S3Client s3, String bucket, int bytes) {
    s3.putObject(r -> r.bucket(bucket).key("a"), RequestBody.fromBytes(new byte[bytes]));
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int status, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(status);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            });
  }
}
