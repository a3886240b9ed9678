package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong, in RFC 9457's form; and what goes with every answer. */
final class ProblemsTest {
  private static final String TOKEN = "an-administrator's-token";

  private final FakeDesk desk = new FakeDesk();
  private final HttpClient http = HttpClient.newHttpClient();
  private ApiServer server;

  @BeforeEach
  void start() {
    ApiConfig config =
        new ApiConfig(
            "127.0.0.1",
            0,
            1 << 20,
            1 << 20,
            16,
            Duration.ofSeconds(1),
            "test",
            new ApiConfig.Limits(Duration.ofMillis(150), 4096, 100, 10));
    server =
        ApiServer.start(config, desk, Tokens.admin(TOKEN, Jobs.TENANT), ApiServer.Mounted.NOTHING);
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE,/v1/devices,'GET, HEAD'",
    "PUT,/v1/functions,'GET, HEAD, POST'",
    "OPTIONS,/v1/jobs,'GET, HEAD'",
    "PATCH,/v1/jobs/x/cancel,POST"
  })
  void saysWhichMethodsThereAre(String method, String path, String allowed) throws Exception {
    HttpResponse<String> answer =
        send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));

    assertThat(problem(answer).status()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1", "/v2/jobs", "/favicon.ico", "/v1/%00", "/v1//jobs"})
  void answersPathsThatAreNoneWithAProblem(String path) throws Exception {
    assertThat(problem(send(request(path).GET())).status()).isIn(404, 400);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/jobs,text/html",
    "/v1/jobs,'application/json;q=0, text/*'",
    "/v1/events,application/json",
    "/v1/jobs/x/attempts/1/log,application/json"
  })
  void refusesToAnswerInAnotherForm(String path, String accept) throws Exception {
    HttpResponse<String> answer = send(request(path).header("Accept", accept).GET());

    assertThat(problem(answer).status()).isEqualTo(406);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*/*", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8"})
  void answersWhatIsTaken(String accept) throws Exception {
    assertThat(send(request("/v1/jobs").header("Accept", accept).GET()).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain", "multipart/form-data"})
  void refusesBodiesThatAreNotSaidToBeJson(String type) throws Exception {
    HttpResponse<String> answer =
        send(
            request("/v1/functions")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

    assertThat(problem(answer).status()).isEqualTo(415);
    assertThat(answer.headers().firstValue("Accept-Post")).hasValue("application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"fileName\":\"a\",\\n \"fdl\":}|line 2, column 8",
        "{\"fileName\":\"a\",\"fdl\":\"\",\"scripts\":{\"s\":[]}}|scripts[\"s\"] must be text, found a list",
        "{\"fileName\":\"a\",\"fld\":\"\"}|did you mean 'fdl'?",
        "{\"fileName\":\"a\",\"fdl\":\"\",\"what\":1}|there is no key 'what' here.",
        "{\"fileName\":\"a\"}|fdl is missing: it must be text"
      })
  void saysWhereJsonIsWrong(String json, String where) throws Exception {
    ProblemView problem =
        problem(
            send(
                request("/v1/functions")
                    .POST(HttpRequest.BodyPublishers.ofString(json.replace("\\n", "\n")))));

    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.detail()).contains(where);
  }

  @Test
  void namesEachRequest() throws Exception {
    HttpResponse<String> given = send(request("/v1/jobs/x").header("X-Request-Id", "mine-1").GET());
    HttpResponse<String> odd = send(request("/v1/jobs/x").header("X-Request-Id", "a b<>").GET());
    HttpResponse<String> fine = send(request("/v1/jobs").GET());

    assertThat(problem(given).requestId()).isEqualTo("mine-1");
    assertThat(given.headers().firstValue("X-Request-Id")).hasValue("mine-1");
    assertThat(problem(odd).requestId()).matches("[0-9a-f]{16}");
    assertThat(fine.headers().firstValue("X-Request-Id"))
        .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f]{16}"));
  }

  @Test
  void answersHeadLikeGetWithoutTheBody() throws Exception {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));
    String path = "/v1/jobs/" + Jobs.id(1);
    HttpResponse<String> get = send(request(path).GET());
    HttpResponse<String> head = send(request(path).HEAD());

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("ETag")).isEqualTo(get.headers().firstValue("ETag"));
    assertThat(head.headers().firstValue("Date")).isPresent();
    assertThat(send(request("/v1/jobs/none").HEAD()).statusCode()).isEqualTo(404);
    assertThat(send(request("/v1/events").HEAD()).statusCode()).isEqualTo(200);
    HttpRequest.Builder stranger =
        HttpRequest.newBuilder(URI.create(server.endpoint() + path)).HEAD();
    assertThat(send(stranger).statusCode()).isEqualTo(401);
  }

  @Test
  void doesNotSendWhatTheClientHas() throws Exception {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));
    String tag = send(request("/v1/jobs").GET()).headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> same =
        send(request("/v1/jobs").header("If-None-Match", "\"x\", W/" + tag).GET());
    desk.add(Jobs.view(2, JobState.DEAD, "b"));
    HttpResponse<String> other = send(request("/v1/jobs").header("If-None-Match", tag).GET());

    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void letsNoOtherOriginRead() throws Exception {
    HttpResponse<String> answer =
        send(request("/v1/health").header("Origin", "https://example.org").GET());

    assertThat(answer.headers().map().keySet())
        .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"))
        .noneMatch(name -> name.equalsIgnoreCase("server"));
  }

  @ParameterizedTest
  @CsvSource({"431,32000", "414,32000"})
  void answersHeadsThatAreTooLongWithAProblem(int status, int length) throws Exception {
    String long1 = "x".repeat(length);
    String head =
        status == 414
            ? "GET /v1/" + long1 + " HTTP/1.1\r\nHost: x\r\n\r\n"
            : "GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Long: " + long1 + "\r\n\r\n";

    String answer = raw(head);

    assertThat(answer).startsWith("HTTP/1.1 " + status).contains("application/problem+json");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT)).doesNotContain("<html", "jetty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET /v1/health HTTP/1.1\r\n\r\n",
        "GET /v1/health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /v1/health HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET /v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n"
      })
  void answersWhatIsNoHttpWithAProblem(String head) throws Exception {
    String answer = raw(head);

    assertThat(answer).matches("(?s)HTTP/1.1 (400|505) .*").contains("application/problem+json");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("<html", "jetty", "exception", "\tat ");
  }

  @Test
  void cutsOffAHeadThatDrips() throws Exception {
    try (Socket drip = connect()) {
      OutputStream out = drip.getOutputStream();
      out.write("GET /v1/health HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(StandardCharsets.UTF_8));
      out.flush();

      assertThat(drip.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void cutsOffASecondHeadThatDripsAndKeepsAnIdleConnection() throws Exception {
    byte[] whole = "GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    try (Socket drip = connect();
        Socket idle = connect()) {
      for (Socket each : List.of(drip, idle)) {
        each.getOutputStream().write(whole);
        each.getOutputStream().flush();
        assertThat(each.getInputStream().read()).isEqualTo('H');
      }
      drip.getOutputStream().write("GET /v1".getBytes(StandardCharsets.UTF_8));
      Thread writer = Thread.ofVirtual().start(() -> dripInto(drip));

      waitForItsEnd(drip);
      writer.interrupt();
      String last = "GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
      idle.getOutputStream().write(last.getBytes(StandardCharsets.UTF_8));
      idle.getOutputStream().flush();
      assertThat(new String(idle.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("HTTP/1.1 200");
    }
  }

  @Test
  void cutsOffABodyThatDrips() throws Exception {
    try (Socket drip = connect()) {
      String head =
          "POST /v1/functions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TOKEN
              + "\r\nContent-Length: 1000\r\n\r\n{";
      OutputStream out = drip.getOutputStream();
      out.write(head.getBytes(StandardCharsets.UTF_8));
      out.flush();
      Thread writer = Thread.ofVirtual().start(() -> dripInto(drip));
      String answer = new String(drip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      writer.interrupt();

      assertThat(answer).matches("(?s)(HTTP/1.1 408 .*application/problem.json.*)?");
      assertThat(desk.deployments).isEmpty();
    }
  }

  /** A connection that is reset has ended, too. */
  private static void waitForItsEnd(Socket socket) throws IOException {
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static void dripInto(Socket socket) {
    try {
      OutputStream out = socket.getOutputStream();
      for (int n = 0; n < 900; n++) {
        out.write('x');
        out.flush();
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      // It was cut off, as it should be.
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", server.endpoint().getPort()));
    socket.setSoTimeout(20_000);
    return socket;
  }

  private String raw(String head) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static ProblemView problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type"))
        .as(answer.body())
        .isEqualTo(Optional.of("application/problem+json"));
    ProblemView problem = Json.read(answer.body(), ProblemView.class);
    assertThat(problem.status()).isEqualTo(answer.statusCode());
    assertThat(Map.of("type", problem.type()))
        .allSatisfy((k, v) -> assertThat(v).startsWith("/problems/"));
    return problem;
  }
}
