package dev.millrace.orch.client;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests to one coordinator, and what its answers mean. */
final class Http implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MAX_PROBLEM = 1024 * 1024;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

  private final URI endpoint;
  private final String token;
  private final Optional<Duration> within;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  Http(URI endpoint, String token) {
    this(endpoint, token, Optional.empty());
  }

  /**
   * @param within the head of every answer; empty for as long as it takes
   */
  Http(URI endpoint, String token, Optional<Duration> within) {
    this.endpoint = endpoint;
    this.token = token;
    this.within = within;
  }

  /** A value as one part of a path or query. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  <T> T get(String path, Class<T> type) throws IOException {
    return Json.read(bytes(request(path).GET()), type);
  }

  byte[] getBytes(String path) throws IOException {
    return bytes(request(path).GET());
  }

  /** A list to its last page. */
  <T> List<T> all(String path, Class<T> type) throws IOException {
    List<T> all = new ArrayList<>();
    Optional<String> page = Optional.of(path);
    while (page.isPresent()) {
      HttpResponse<InputStream> response = answered(request(page.get()).GET());
      try (InputStream in = response.body()) {
        all.addAll(Json.readList(in.readAllBytes(), type));
      }
      page =
          response
              .headers()
              .firstValue("Link")
              .map(NEXT::matcher)
              .filter(Matcher::matches)
              .map(link -> link.group(1));
    }
    return all;
  }

  <T> T post(String path, Object body, Class<T> type) throws IOException {
    HttpRequest.BodyPublisher bytes = HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
    return Json.read(
        bytes(request(path).header("Content-Type", "application/json").POST(bytes)), type);
  }

  /** The lines of an answer while they come; the caller closes it. */
  BufferedReader lines(String path, Object body) throws IOException {
    HttpRequest.BodyPublisher bytes = HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
    InputStream in = open(request(path).header("Content-Type", "application/json").POST(bytes));
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  <T> T put(String path, Object body, Class<T> type) throws IOException {
    HttpRequest.BodyPublisher bytes = HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
    return Json.read(
        bytes(request(path).header("Content-Type", "application/json").PUT(bytes)), type);
  }

  <T> T post(String path, HttpRequest.BodyPublisher body, Class<T> type) throws IOException {
    return Json.read(bytes(request(path).POST(body)), type);
  }

  void delete(String path) throws IOException {
    bytes(request(path).DELETE());
  }

  /** An answer's body while it comes; the caller closes it. */
  InputStream stream(String path) throws IOException {
    return answer(path).body();
  }

  /** The same, with its head. */
  HttpResponse<InputStream> answer(String path) throws IOException {
    return answered(request(path).GET());
  }

  private byte[] bytes(HttpRequest.Builder request) throws IOException {
    try (InputStream in = open(request)) {
      return in.readAllBytes();
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(endpoint.resolve(path));
    within.ifPresent(builder::timeout);
    return token.isEmpty() ? builder : builder.header("Authorization", "Bearer " + token);
  }

  private InputStream open(HttpRequest.Builder request) throws IOException {
    return answered(request).body();
  }

  private HttpResponse<InputStream> answered(HttpRequest.Builder request) throws IOException {
    HttpResponse<InputStream> response;
    try {
      response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new ApiFailure.Unreachable(endpoint, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking " + endpoint);
    }
    if (response.statusCode() / 100 == 2) {
      return response;
    }
    try (InputStream body = response.body()) {
      throw new ApiFailure.Answered(problem(response, body.readNBytes(MAX_PROBLEM)));
    }
  }

  private static ProblemView problem(HttpResponse<InputStream> response, byte[] body) {
    int status = response.statusCode();
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (type.toLowerCase(Locale.ROOT).startsWith(ProblemView.MEDIA_TYPE)) {
      try {
        return Json.read(body, ProblemView.class);
      } catch (MalformedJson e) {
        // Said below: whoever answered is no coordinator.
      }
    }
    return new ProblemView(
        "about:blank",
        "HTTP " + status,
        status,
        "the answer is HTTP " + status + " and not a coordinator's",
        "check --endpoint",
        null);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
