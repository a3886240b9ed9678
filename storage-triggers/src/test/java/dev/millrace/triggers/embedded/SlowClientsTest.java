package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Sockets that send a byte now and then, against limits of a fraction of a second. */
final class SlowClientsTest {
  @TempDir Path folder;

  @Test
  void closesAConnectionWhoseHeadersComeByteByByte() throws Exception {
    try (EmbeddedStore store = start(Duration.ofMillis(300), Duration.ofMinutes(1), 100);
        Socket socket = connect(store)) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> trickle(socket).contains("gone"));
    }
  }

  @Test
  void answersABodyThatComesByteByByteAndKeepsNothingOfIt() throws Exception {
    try (EmbeddedStore store = start(Duration.ofMinutes(1), Duration.ofMillis(300), 100);
        Socket socket = connect(store)) {
      send(socket, put(store, "slow", 1000));
      StringBuilder answer = new StringBuilder();

      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> answer.append(trickle(socket)).toString().contains("</Error>"));

      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .contains("<Code>RequestTimeout</Code>")
          .contains("came too slowly");
      Awaitility.await().until(() -> StoreFiles.blobs(folder).isEmpty());
    }
  }

  @Test
  void answersAsManyAsItMayAndTellsTheNextToSlowDown() throws Exception {
    try (EmbeddedStore store = start(Duration.ofMinutes(1), Duration.ofMinutes(1), 2);
        Socket first = connect(store);
        Socket second = connect(store);
        Socket third = connect(store)) {
      send(first, put(store, "a", 10));
      send(second, put(store, "b", 10));
      Awaitility.await().until(() -> StoreFiles.blobs(folder).size() == 2);

      send(third, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      assertThat(new String(third.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 503")
          .contains("<Code>SlowDown</Code>");
      send(first, "0123456789");
      assertThat(new String(first.getInputStream().readNBytes(15), StandardCharsets.UTF_8))
          .isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void refusesHeadersBeyondTheirSize() throws Exception {
    try (EmbeddedStore store = start(Duration.ofMinutes(1), Duration.ofMinutes(1), 2);
        Socket socket = connect(store)) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n");

      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
          .isEqualTo("HTTP/1.1 431");
    }
  }

  private EmbeddedStore start(Duration headersWithin, Duration bodyWindow, int requestsMax)
      throws IOException {
    StoreConfig.Pace pace = new StoreConfig.Pace(100, headersWithin, 1000, bodyWindow);
    EmbeddedStore store =
        EmbeddedStore.start(
            StoreConfig.in(folder)
                // A body on its way is seen by its file.
                .withSmallMaxBytes(0)
                .withLimits(
                    new StoreConfig.Limits(
                        requestsMax, Duration.ofSeconds(30), 1 << 20, 5 << 20, pace)));
    try (S3Client s3 = StoreClients.sdk(store)) {
      s3.createBucket(r -> r.bucket("inbox"));
    }
    return store;
  }

  private static Socket connect(EmbeddedStore store) throws IOException {
    Socket socket = new Socket("127.0.0.1", store.endpoint().getPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends one byte more; gives what came, or that the store has closed the connection. */
  private static String trickle(Socket socket) throws IOException {
    try {
      send(socket, "x");
      socket.setSoTimeout(20);
      byte[] answer = new byte[4096];
      int count = socket.getInputStream().read(answer);
      return count < 0 ? "gone" : new String(answer, 0, count, StandardCharsets.UTF_8);
    } catch (SocketTimeoutException e) {
      return "";
    } catch (SocketException e) {
      return "gone";
    }
  }

  private static String put(EmbeddedStore store, String key, int length) throws Exception {
    try (S3Presigner presigner = StoreClients.presigner(store)) {
      URI url =
          presigner
              .presignPutObject(p ->
                  p.signatureDuration(Duration.ofMinutes(5))
                      .putObjectRequest(r -> r.bucket("inbox").key(key)))
              .url()
              .toURI();
      return "PUT "
          + url.getRawPath()
          + "?"
          + url.getRawQuery()
          + " HTTP/1.1\r\nHost: "
          + url.getHost()
          + ":"
          + url.getPort()
          + "\r\nContent-Length: "
          + length
          + "\r\n\r\n";
    }
  }
}
