package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A desk behind its API, and three who may ask there. */
final class ServedDesk implements AutoCloseable {
  static final String ADMIN = "an-administrator's-token";
  static final String VIEWER = "a-viewer's-token";
  static final String PROVIDER = "a-provider's-token";

  final FakeDesk desk = new FakeDesk();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiServer server;

  ServedDesk() {
    Tokens tokens =
        Tokens.of(
            Map.of(
                ADMIN, new Tokens.Principal(Jobs.TENANT, Role.ADMIN),
                VIEWER, new Tokens.Principal(Jobs.TENANT, Role.VIEWER),
                PROVIDER, new Tokens.Principal(Jobs.TENANT, Role.PROVIDER)));
    ApiConfig config =
        new ApiConfig("127.0.0.1", 0, 2048, 4096, 16, Duration.ofSeconds(1), "1.2.3");
    RunRoutes runs =
        (who, operation, body) -> (operation + ":" + text(body)).getBytes(StandardCharsets.UTF_8);
    ExtraRoute hook =
        new ExtraRoute(
            "POST",
            "/v1/hooks/{source}",
            ExtraRoute.Allowed.ANYONE,
            request ->
                new ExtraRoute.Answer(
                    202,
                    "text/plain",
                    (request.path().get("source") + "/" + request.headers().get("x-secret"))
                        .getBytes(StandardCharsets.UTF_8)));
    server =
        ApiServer.start(
            config, desk, tokens, new ApiServer.Mounted(Optional.of(runs), List.of(hook)));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path));
  }

  /** As the holder of this token. */
  HttpRequest.Builder with(String token, String path) {
    return request(path).header("Authorization", "Bearer " + token);
  }

  static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What went wrong, in the form that all problems have. */
  static ProblemView problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type"))
        .as(answer.body())
        .hasValue("application/problem+json");
    ProblemView problem = Json.read(answer.body(), ProblemView.class);
    assertThat(problem.status()).isEqualTo(answer.statusCode());
    return problem;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
