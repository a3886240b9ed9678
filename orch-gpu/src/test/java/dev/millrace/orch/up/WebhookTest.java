package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.NoticeLimits;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.webhook.NoticeBatches;
import dev.millrace.triggers.webhook.Webhook;
import dev.millrace.triggers.webhook.WebhookDoor;
import dev.millrace.triggers.webhook.WebhookSecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store that pushes its notices meets, over HTTP, in front of a real journal. */
final class WebhookTest {
  private static final StoreId STORE = StoreId.EMBEDDED;
  private static final String TOKEN = "a-token+of/that~store=";
  private static final NoticeLimits LIMITS = new NoticeLimits(64 * 1024, Duration.ofMillis(600), 8);

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Notice> seen = new ArrayList<>();
  private Rig rig;
  private NoticeBatches batches;
  private ApiServer server;
  private Webhook desk;

  @BeforeEach
  void serve() throws IOException {
    rig = new Rig(folder, "");
    rig.deploy("");
    serve(notices -> {
      synchronized (seen) {
        seen.addAll(notices);
      }
      rig.sink().accept(notices);
    });
  }

  private void serve(NoticeSink sink) {
    batches = new NoticeBatches(sink, Duration.ofMillis(500));
    desk =
        new Webhook(
            STORE,
            new WebhookSecret(TOKEN),
            new Webhook.Funnel(object -> object.bucket().equals("bucket"), batches),
            rig.clock);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "test"),
            rig.desk(),
            Tokens.of(Map.of()),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(new ApiServer.Notices(new WebhookDoor(List.of(desk)), LIMITS))));
  }

  private void serveAgain(NoticeSink sink) {
    server.close();
    batches.close();
    serve(sink);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    batches.close();
    rig.close();
    http.close();
  }

  @Test
  void aNoticeSentTwiceAndOnceMoreLaterIsOneJob() throws Exception {
    rig.store.put("bucket", "in/a b.txt", "text");

    assertThat(post(notice("in%2Fa+b.txt", "in%2Fa+b.txt")).body())
        .isEqualTo("{\"kept\":2,\"nobodys\":0,\"passed\":0}");
    assertThat(rig.job().input().name().key()).isEqualTo("in/a b.txt");
    assertThat(post(notice("in%2Fa+b.txt")).statusCode()).isEqualTo(200);

    await()
        .untilAsserted(() ->
            assertThat(rig.desk().explain(Rig.MAIN, rig.job().input().name()).sentences())
                .anyMatch(sentence -> sentence.contains("known to f")));
    assertThat(rig.jobs()).hasSize(1);
  }

  @Test
  void whatNobodyReadsIsAnsweredAndCountedSoThatItIsNotSentForEver() throws Exception {
    HttpResponse<String> answer = post(notice("in%2Fx").replace("\"bucket\"}", "\"other\"}"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"kept\":0,\"nobodys\":1,\"passed\":0}");
    assertThat(desk.counts().nobodys()).isEqualTo(1);
    assertThat(seen).isEmpty();
  }

  @Test
  void aPingAndATestEventAreAnswered() throws Exception {
    assertThat(post("").statusCode()).isEqualTo(200);
    assertThat(post("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}").statusCode())
        .isEqualTo(200);
    assertThat(seen).isEmpty();
    assertThat(desk.counts().messages()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "null", "\u0000", "{\"Records\":7}", "<xml/>", "%"})
  void whatIsNoNoticeIsRefusedAsAProblem(String body) throws Exception {
    HttpResponse<String> answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.body()).contains("this is no notice");
  }

  @Test
  void theSecretComesInAnyPlaceThatAStoresSoftwareHas() throws Exception {
    String basic =
        Base64.getEncoder().encodeToString(("anyone:" + TOKEN).getBytes(StandardCharsets.UTF_8));
    String inQuery = "?x=1&token=a-token%2Bof%2Fthat~store%3D";

    assertThat(send(request("", "Bearer " + TOKEN, "")).statusCode()).isEqualTo(200);
    assertThat(send(request("", "bearer  " + TOKEN, "")).statusCode()).isEqualTo(200);
    assertThat(send(request("", "Basic " + basic, "")).statusCode()).isEqualTo(200);
    assertThat(send(request(inQuery, "", "")).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Bearer", "Bearer x", "Basic", "Basic !", "Basic YQ==", "Basic YTpi", "Digest x"})
  void anotherSecretOrNoneIsRefused(String authorization) throws Exception {
    HttpResponse<String> answer = send(request("", authorization, notice("in%2Fx")));

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().allValues("WWW-Authenticate"))
        .anyMatch(challenge -> challenge.startsWith("Basic"))
        .anyMatch(challenge -> challenge.startsWith("Bearer"));
    assertThat(answer.body()).doesNotContain(TOKEN);
    assertThat(seen).isEmpty();
    assertThat(desk.counts().strangers()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"?token=", "?token=%zz", "?token", "?tok=x", "?"})
  void anotherSecretInTheQueryIsRefusedToo(String query) throws Exception {
    assertThat(raw("POST /v1/notices/" + STORE + query, "Content-Length: 0\r\n"))
        .startsWith("HTTP/1.1 401 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"minio.other", "", "..", "minio.default/x", "%2e", "a%20b"})
  void aStoreThatIsNotThereIsNotFound(String store) throws Exception {
    String answer =
        raw(
            "POST /v1/notices/" + store,
            "Authorization: Bearer " + TOKEN + "\r\nContent-Length: 0\r\n");

    assertThat(answer).containsPattern("^HTTP/1.1 (404|400) ");
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedWhetherItsLengthIsSaidOrNot() throws Exception {
    String large = " ".repeat(LIMITS.maxBytes() + 1);
    String authorized = "Authorization: Bearer " + TOKEN + "\r\n";

    assertThat(post(large).statusCode()).isEqualTo(413);
    assertThat(
            raw(
                "POST /v1/notices/" + STORE,
                authorized
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(large.length())
                    + "\r\n"
                    + large
                    + "\r\n0\r\n"))
        .startsWith("HTTP/1.1 413 ");
    assertThat(raw("POST /v1/notices/" + STORE, authorized + "Content-Length: 999999999999\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void aSenderThatDripsIsEndedAndOthersAreServedMeanwhile() throws Exception {
    try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort())) {
      slow.getOutputStream()
          .write(
              ("POST /v1/notices/"
                      + STORE
                      + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + TOKEN
                      + "\r\nContent-Length: 1000\r\n\r\n{")
                  .getBytes(StandardCharsets.US_ASCII));

      assertThat(post("").statusCode()).isEqualTo(200);
      slow.setSoTimeout(10_000);
      assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 408 ")
          .contains("Connection: close")
          .contains("did not come within");
    }
  }

  @Test
  void slowSendersWithoutTheSecretTakeNobodysPlace() throws Exception {
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 3 * LIMITS.atOnce(); i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort());
      socket
          .getOutputStream()
          .write(
              ("POST /v1/notices/" + STORE + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      slow.add(socket);
    }

    assertThat(post("").statusCode()).isEqualTo(200);

    for (Socket socket : slow) {
      socket.close();
    }
  }

  @Test
  void whatIsNotDurableIsAskedForAgain() throws Exception {
    serveAgain(notices -> {
      throw new UncheckedIOException(new IOException("the disk is full"));
    });

    HttpResponse<String> answer = post(notice("in%2Fx"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
    assertThat(answer.body()).contains("the disk is full");
    assertThat(desk.counts().notKept()).isEqualTo(1);
    assertThat(desk.counts().kept()).isZero();
  }

  @Test
  void aJournalThatDoesNotAnswerIsNotWaitedForForEver() throws Exception {
    CountDownLatch ever = new CountDownLatch(1);
    serveAgain(notices -> {
      try {
        ever.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });

    HttpResponse<String> answer = post(notice("in%2Fx"));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("not durable after 500 ms");
    ever.countDown();
  }

  @Test
  void aMessageThatCannotBeKeptTakesNoOtherAlong() throws Exception {
    serveAgain(notices -> {
      if (notices.stream().anyMatch(notice -> notice.object().key().equals("in/poison"))) {
        throw new IllegalArgumentException("poison");
      }
    });

    List<Thread> senders = new ArrayList<>();
    List<Integer> good = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String key = i % 2 == 0 ? "in%2Fpoison" : "in%2Fgood";
      senders.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  int status = post(notice(key)).statusCode();
                  synchronized (good) {
                    if (key.endsWith("good")) {
                      good.add(status);
                    }
                  }
                } catch (IOException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              }));
    }
    for (Thread sender : senders) {
      sender.join();
    }

    assertThat(good).containsExactly(200, 200, 200);
  }

  @Test
  void otherRoutesAreServedAsBefore() throws Exception {
    HttpResponse<String> health =
        http.send(
            HttpRequest.newBuilder(server.endpoint().resolve("/v1/health")).build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> read =
        http.send(
            HttpRequest.newBuilder(server.endpoint().resolve("/v1/notices/" + STORE)).build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(read.statusCode()).isEqualTo(405);
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return send(request("", "Bearer " + TOKEN, body));
  }

  private HttpRequest request(String query, String authorization, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(server.endpoint() + "/v1/notices/" + STORE.value() + query))
            .timeout(Duration.ofSeconds(20))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return request.build();
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private String raw(String start, String rest) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.endpoint().getPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              (start + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + rest + "\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readNBytes(40), StandardCharsets.ISO_8859_1);
    }
  }

  private static String notice(String... keys) {
    List<String> records = new ArrayList<>();
    for (String key : keys) {
      records.add(
          """
          {"eventVersion":"2.0","eventSource":"minio:s3","eventName":"s3:ObjectCreated:Put",\
          "s3":{"bucket":{"name":"bucket"},"object":{"key":"%s","size":4,"eTag":"x"}}}\
          """
              .formatted(key));
    }
    return "{\"EventName\":\"s3:ObjectCreated:Put\",\"Records\":["
        + String.join(",", records)
        + "]}";
  }
}
