package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.runtime.Samples;
import dev.millrace.schema.run.RunChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpRunChannelTest extends RunChannelContract {
  private HttpServer server;
  private HttpRunChannel channel;
  private volatile int fault;

  @Override
  protected RunChannel channel() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    channel = with("secret");
    return channel;
  }

  private HttpRunChannel with(String token) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    return new HttpRunChannel(base, token, Duration.ofSeconds(5));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean known =
          List.of("Bearer secret").equals(exchange.getRequestHeaders().get("Authorization"));
      if (fault != 0 || !known) {
        exchange.sendResponseHeaders(fault != 0 ? fault : 401, -1);
        return;
      }
      RunChannelWire.Answer answer =
          RunChannelWire.serve(coordinator, exchange.getRequestURI().getPath(), body);
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  @AfterEach
  void close() {
    channel.close();
    server.stop(0);
  }

  @Test
  void aTokenThatIsRefusedIsSaidClearly() {
    try (HttpRunChannel stranger = with("wrong")) {
      assertThatThrownBy(() -> stranger.renew(Samples.REF, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("refuses this provider's token")
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  void aServerErrorIsAnUnknownOutcome() {
    for (int status : new int[] {400, 404, 500, 503}) {
      fault = status;
      assertThatThrownBy(() -> channel.renew(Samples.REF, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(" " + status);
    }
  }

  @Test
  void bodiesAndPathsThatAreNotOursAreAnsweredSo() {
    for (String body : List.of("", "{", "null", "[]", "{\"run\":\"x\"}", "{\"order\":\"a b\"}")) {
      assertThat(
              RunChannelWire.serve(coordinator, Wire.CLAIM, body.getBytes(StandardCharsets.UTF_8))
                  .status())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(RunChannelWire.serve(coordinator, "/v1/runs/other", new byte[0]).status())
        .isEqualTo(404);
  }
}
