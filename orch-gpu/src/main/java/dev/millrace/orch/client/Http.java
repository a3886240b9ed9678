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
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests to one coordinator, and what its answers mean. Each ends within its {@link Limits}. */
final class Http implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MAX_PROBLEM = 1024 * 1024;
  private static final int SHOWN = 60;
  private static final Pattern NEXT = Pattern.compile("<([^>]+)>; rel=\"next\"");

  private final URI endpoint;
  private final String token;
  private final Limits limits;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();

  Http(URI endpoint, String token, Limits limits) {
    this.endpoint = endpoint;
    this.token = token;
    this.limits = limits;
  }

  /** A value as one part of a path or query. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  <T> T get(String path, Class<T> type) throws IOException {
    return read(new Sent("GET", path), type);
  }

  byte[] getBytes(String path) throws IOException {
    return new Sent("GET", path).bytes();
  }

  /** A list that is one page. */
  <T> List<T> list(String path, Class<T> type) throws IOException {
    Sent sent = new Sent("GET", path);
    byte[] bytes = sent.bytes();
    return sent.parsed(bytes, () -> Json.readList(bytes, type));
  }

  /** A list to its last page. */
  <T> List<T> all(String path, Class<T> type) throws IOException {
    List<T> all = new ArrayList<>();
    Optional<String> page = Optional.of(path);
    while (page.isPresent()) {
      Sent sent = new Sent("GET", page.get());
      Answer answer = sent.answered();
      try (InputStream in = answer.body()) {
        byte[] bytes = in.readAllBytes();
        all.addAll(sent.parsed(bytes, () -> Json.readList(bytes, type)));
      }
      page =
          answer
              .header("Link")
              .map(NEXT::matcher)
              .filter(Matcher::matches)
              .map(link -> link.group(1));
    }
    return all;
  }

  <T> T post(String path, Object body, Class<T> type) throws IOException {
    return read(json("POST", path, body, limits.answer()), type);
  }

  /** The same of what may take long. */
  <T> T work(String path, Object body, Class<T> type) throws IOException {
    return read(json("POST", path, body, limits.work()), type);
  }

  /** The same, with nothing to say. */
  <T> T work(String path, Class<T> type) throws IOException {
    return read(new Sent("POST", path, BodyPublishers.noBody(), limits.work()), type);
  }

  /** The lines of an answer while they come; the caller closes it. */
  BufferedReader lines(String path, Object body) throws IOException {
    InputStream in = json("POST", path, body, limits.work()).answered().body();
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }

  <T> T put(String path, Object body, Class<T> type) throws IOException {
    return read(json("PUT", path, body, limits.answer()), type);
  }

  /** Asks with nothing to say. */
  <T> T post(String path, Class<T> type) throws IOException {
    return read(new Sent("POST", path, BodyPublishers.noBody(), limits.answer()), type);
  }

  <T> T post(String path, Path file, Class<T> type) throws IOException {
    Duration limit = limits.sending(Files.size(file));
    return read(new Sent("POST", path, BodyPublishers.ofFile(file), limit), type);
  }

  void delete(String path) throws IOException {
    new Sent("DELETE", path).bytes();
  }

  /** The same of what may take long. */
  void workOff(String path) throws IOException {
    new Sent("DELETE", path, BodyPublishers.noBody(), limits.work()).bytes();
  }

  /** An answer's body while it comes; the caller closes it. */
  InputStream stream(String path) throws IOException {
    return answer(path).body();
  }

  /** The same, with its head. */
  Answer answer(String path) throws IOException {
    return new Sent("GET", path).answered();
  }

  /** An answer that is no problem. */
  record Answer(HttpResponse<InputStream> head, InputStream body) {
    Optional<String> header(String name) {
      return head.headers().firstValue(name);
    }
  }

  /** Reads what came. */
  @FunctionalInterface
  private interface Reading<T> {
    T read() throws MalformedJson;
  }

  private Sent json(String method, String path, Object body, Duration limit) {
    BodyPublisher bytes = BodyPublishers.ofByteArray(Json.bytes(body));
    Sent sent = new Sent(method, path, bytes, limit);
    sent.request.header("Content-Type", "application/json");
    return sent;
  }

  private static <T> T read(Sent sent, Class<T> type) throws IOException {
    byte[] bytes = sent.bytes();
    return sent.parsed(bytes, () -> Json.read(bytes, type));
  }

  /** One request. */
  private final class Sent {
    private final Asked asked;
    private final Duration limit;
    private final HttpRequest.Builder request;

    Sent(String method, String path) {
      this(method, path, BodyPublishers.noBody(), limits.answer());
    }

    Sent(String method, String path, BodyPublisher body, Duration limit) {
      this.asked = new Asked(endpoint, method, path);
      this.limit = limit;
      this.request =
          HttpRequest.newBuilder(endpoint.resolve(path)).method(method, body).timeout(limit);
      if (!token.isEmpty()) {
        request.header("Authorization", "Bearer " + token);
      }
    }

    byte[] bytes() throws IOException {
      try (InputStream in = answered().body()) {
        return in.readAllBytes();
      }
    }

    <T> T parsed(byte[] bytes, Reading<T> reading) throws IOException {
      try {
        return reading.read();
      } catch (MalformedJson e) {
        throw new ApiFailure.Foreign(asked, "it answers " + beginning(bytes), e);
      }
    }

    Answer answered() throws IOException {
      HttpResponse<InputStream> response = sent();
      WatchedBody body = new WatchedBody(response.body(), asked, limits.idle());
      boolean done = response.statusCode() / 100 == 2;
      if (done && !type(response).startsWith("text/html")) {
        return new Answer(response, body);
      }
      try (body) {
        if (done) {
          byte[] page = body.readNBytes(2 * SHOWN);
          throw new ApiFailure.Foreign(asked, "a page " + beginning(page), null);
        }
        throw failure(response, body.readNBytes(MAX_PROBLEM));
      }
    }

    private HttpResponse<InputStream> sent() throws IOException {
      try {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (IOException e) {
        throw ApiFailure.Unreachable.of(asked, limit, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while asking " + endpoint);
      }
    }

    private ApiFailure failure(HttpResponse<InputStream> response, byte[] body) {
      if (type(response).startsWith(ProblemView.MEDIA_TYPE)) {
        try {
          return new ApiFailure.Answered(Json.read(body, ProblemView.class));
        } catch (MalformedJson e) {
          // Said below: whoever answered is no coordinator.
        }
      }
      int status = response.statusCode();
      if (response.headers().firstValue("x-amz-request-id").isPresent()) {
        return ApiFailure.Foreign.store(asked);
      }
      return Retries.mayPass(status)
          ? ApiFailure.Unreachable.status(asked, status)
          : new ApiFailure.Foreign(asked, "it answers HTTP " + status + to(response), null);
    }
  }

  private static String type(HttpResponse<InputStream> response) {
    return response.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT);
  }

  private static String to(HttpResponse<InputStream> response) {
    return response
        .headers()
        .firstValue("Location")
        .map(place -> " to " + shown(place.getBytes(StandardCharsets.UTF_8)))
        .orElse("");
  }

  private static String beginning(byte[] bytes) {
    return bytes.length == 0 ? "nothing" : "beginning with '" + shown(bytes) + "'";
  }

  /** The beginning, in what a terminal takes. */
  private static String shown(byte[] bytes) {
    String text = new String(bytes, 0, Math.min(bytes.length, SHOWN), StandardCharsets.US_ASCII);
    return text.replaceAll("[^ -~]+", " ").strip() + (bytes.length > SHOWN ? "..." : "");
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
