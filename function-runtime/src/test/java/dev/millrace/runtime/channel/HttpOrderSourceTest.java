package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.StagedOrders;
import dev.millrace.schema.run.StagedOrders.Staged;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class HttpOrderSourceTest {
  private static final SignedBytes ORDER =
      SigningKey.generate().sign("millrace.order.v1", new byte[] {1});
  private static final OrderNotice ONE = new OrderNotice("orders", "orders/gpu-1/one");
  private static final OrderNotice TWO = new OrderNotice("orders", "orders/gpu-1/two");

  private final List<String> queries = new CopyOnWriteArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private volatile StagedOrders page =
      new StagedOrders("c1", List.of(new Staged(ONE, ORDER), new Staged(TWO, ORDER)));
  private volatile int status = 200;
  private HttpServer server;
  private CoordinatorHttp http;
  private HttpOrderSource orders;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/orders", this::answer);
    server.start();
    http =
        new CoordinatorHttp(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            new CoordinatorHttp.Speaker(new ProviderId("gpu-1"), "t", SigningKey.generate()),
            Duration.ofSeconds(30));
    orders = new HttpOrderSource(http, now::get);
  }

  @AfterEach
  void stop() {
    http.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      queries.add(exchange.getRequestURI().getQuery());
      byte[] body = Json.bytes(page);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Test
  void anOrderThatIsSkippedIsHeldNoLongerAndTheOthersAre() throws Exception {
    assertThat(orders.await(Duration.ZERO)).containsExactly(ONE, TWO);

    orders.skip(ONE);

    assertThat(orders.read(ONE)).isEmpty();
    assertThat(orders.read(TWO)).contains(ORDER);
    assertThat(orders.read(TWO)).as("an order is given once").isEmpty();
  }

  @Test
  void aSkippedOrderThatComesAgainIsHeldAgain() throws Exception {
    orders.await(Duration.ZERO);
    orders.skip(ONE);
    orders.await(Duration.ZERO);

    assertThat(orders.read(ONE)).contains(ORDER);
  }

  @Test
  void eachPollGoesOnWhereTheLastEndedAndAllIsAskedForAfterAFailureAndNowAndThen()
      throws Exception {
    orders.await(Duration.ZERO);
    orders.await(Duration.ofMinutes(5));
    status = 500;
    assertThatThrownBy(() -> orders.await(Duration.ZERO)).isInstanceOf(IOException.class);
    status = 200;
    orders.await(Duration.ZERO);
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    orders.await(Duration.ZERO);

    assertThat(queries)
        .containsExactly(
            "wait=0&after=",
            "wait=20&after=c1",
            "wait=0&after=c1",
            "wait=0&after=",
            "wait=0&after=");
  }

  @Test
  void aCursorThatIsNoneIsRefused() {
    page = new StagedOrders("a&wait=9", List.of(new Staged(ONE, ORDER)));

    assertThatThrownBy(() -> orders.await(Duration.ZERO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cursor");
    assertThat(orders.read(ONE)).isEmpty();
  }
}
