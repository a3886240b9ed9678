package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.sign.SealedBox;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mail by a box of one slot: were it not given back, there would be no second request. */
final class BucketMailTest {
  private static final ProviderId NAME = new ProviderId("gpu-1");

  private final SigningKey coordinator = SigningKey.generate();
  private final ListingStore store = new ListingStore();
  private final ConcurrentLinkedDeque<Integer> statuses = new ConcurrentLinkedDeque<>();
  private final List<String> puts = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private BucketMail mail;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::put);
    server.start();
    leaveBox("/slot");
    mail = mail(Duration.ofSeconds(2));
  }

  @AfterEach
  void stop() {
    mail.close();
    server.stop(0);
  }

  private BucketMail mail(Duration answer) {
    return new BucketMail(
        new BucketMail.Ends(
            store,
            "orders",
            NAME,
            SigningKey.generate(),
            TrustedKeys.of(coordinator.publicKey()),
            "token"),
        new BucketMail.Pace(Duration.ofMillis(50), answer),
        Ticker.system(),
        new Random(1));
  }

  private void leaveBox(String path) {
    URI slot = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    Mail.Box box = new Mail.Box(NAME, List.of(slot));
    store.texts.put(Mail.box(NAME), coordinator.sign(Mail.Box.TYPE, Json.bytes(box)).line());
  }

  /** Answers each request that it takes with the request's own body. */
  private void put(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      puts.add(exchange.getRequestURI().getPath());
      Integer status = statuses.poll();
      if (status != null && status == 0) {
        // No answer at all.
        return;
      }
      if (status == null || status == 200) {
        Mail.Request request =
            Json.read(
                SignedBytes.parse(new String(body, StandardCharsets.US_ASCII)).bytes(),
                Mail.Request.class);
        String sealed =
            SealedBox.seal(request.sealTo(), request.body().getBytes(StandardCharsets.UTF_8));
        Mail.Answer answer = new Mail.Answer(NAME, request.id(), 200, sealed);
        store.texts.put(
            Mail.answer(NAME, request.id()),
            coordinator.sign(Mail.Answer.TYPE, Json.bytes(answer)).line());
      }
      exchange.sendResponseHeaders(status == null ? 200 : status, -1);
    }
  }

  private String ask(String text) throws Exception {
    return new String(
        mail.ask("renew", text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  @Test
  void aSlotIsFreeAgainWhenItsRequestIsAnswered() throws Exception {
    assertThat(ask("one")).isEqualTo("one");
    assertThat(ask("two")).isEqualTo("two");
  }

  @Test
  void aSlotIsFreeAgainWhenTheStoreDidNotAnswer() throws Exception {
    statuses.add(0);

    assertThatThrownBy(() -> ask("one")).isInstanceOf(IOException.class);

    assertThat(ask("two")).isEqualTo("two");
  }

  @Test
  void aSlotWhereARequestLiesStillIsTriedAgain() throws Exception {
    statuses.addAll(List.of(412, 409));

    assertThat(ask("one")).isEqualTo("one");
    assertThat(puts).hasSize(3);
  }

  @Test
  void aSlotThatStaysTakenEndsWithTheTime() {
    mail.close();
    mail = mail(Duration.ofMillis(200));
    statuses.addAll(java.util.Collections.nCopies(1000, 412));

    assertThatThrownBy(() -> ask("one"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the coordinator does not answer");
  }

  /** Its URLs may have expired: the box is read anew, and its slots are the ones that count. */
  @Test
  void aSlotThatTheStoreRefusesMakesTheBoxBeReadAgain() throws Exception {
    statuses.add(403);
    assertThatThrownBy(() -> ask("one"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("403");
    leaveBox("/fresh");

    assertThat(ask("two")).isEqualTo("two");
    assertThat(puts).containsExactly("/slot", "/fresh");
  }
}
