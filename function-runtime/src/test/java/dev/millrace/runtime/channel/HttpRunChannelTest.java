package dev.millrace.runtime.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpRunChannelTest extends RunChannelContract {
  private static final ProviderId NAME = new ProviderId("gpu-1");
  private static final SigningKey KEY = SigningKey.generate();

  private final List<Call> proven = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private HttpRunChannel channel;
  private volatile int fault;
  private volatile String challenge = "1-a";

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
    return new HttpRunChannel(
        base, new CoordinatorHttp.Speaker(NAME, token, KEY), Duration.ofSeconds(5));
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
      if (!isProven(exchange, body)) {
        exchange.getResponseHeaders().add(Call.CHALLENGE, challenge);
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      RunChannelWire.Answer answer =
          RunChannelWire.serve(coordinator, exchange.getRequestURI().getPath(), body);
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private boolean isProven(HttpExchange exchange, byte[] body) throws IOException {
    String line = exchange.getRequestHeaders().getFirst(Call.PROOF);
    if (line == null) {
      return false;
    }
    SignedBytes signed = SignedBytes.parse(line);
    assertThat(TrustedKeys.of(KEY.publicKey()).verify(Call.TYPE, signed)).isTrue();
    Call call = Json.read(signed.bytes(), Call.class);
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    assertThat(call)
        .isEqualTo(
            new Call(NAME, request, Hex.of(Hex.sha256(body)), call.challenge(), call.number()));
    proven.add(call);
    return call.challenge().equals(challenge);
  }

  @AfterEach
  void close() {
    channel.close();
    server.stop(0);
  }

  @Test
  void everyCallIsSignedUnderTheCoordinatorsChallengeWithANumberOfItsOwn() throws Exception {
    channel.renew(Samples.REF, 1);
    channel.renew(Samples.REF, 1);
    challenge = "2-b";
    channel.renew(Samples.REF, 2);

    assertThat(proven).extracting(Call::challenge).containsExactly("1-a", "1-a", "1-a", "2-b");
    assertThat(proven).extracting(Call::number).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void aCoordinatorThatTakesNoProofIsAskedTwiceAndNotOnAndOn() {
    challenge = "not a challenge";

    assertThatThrownBy(() -> channel.renew(Samples.REF, 1)).isInstanceOf(IOException.class);
    assertThat(proven).isEmpty();
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
