package dev.millrace.runtime.channel;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A coordinator's API, asked with a provider's bearer token. Safe for many threads. A coordinator
 * that is away is an IOException, one that says no is {@link Denied}.
 */
public final class CoordinatorHttp implements AutoCloseable {
  private static final int SHOWN_MAX = 300;

  private final URI base;
  private final String token;
  private final Duration timeout;
  private final HttpClient client;

  /** The coordinator answered, and does not want this provider: asking again will not help. */
  public static final class Denied extends IOException {
    private static final long serialVersionUID = 1L;

    public Denied(String message) {
      super(message);
    }
  }

  /** What of a problem is for people. */
  private record Problem(String detail) {}

  /**
   * @param base of the coordinator, for instance {@code http://host:7070}
   * @param token of this provider
   * @param timeout of one call
   */
  public CoordinatorHttp(URI base, String token, Duration timeout) {
    String text = base.toString();
    this.base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    this.token = token;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** Where it is. */
  public URI base() {
    return base;
  }

  /** Sends a body; answers with the answer's. */
  byte[] post(String path, String contentType, byte[] body)
      throws IOException, InterruptedException {
    return send(
        request(path, timeout)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  /**
   * Asks.
   *
   * @param wait how much longer than any call the answer may take
   */
  byte[] get(String path, Duration wait) throws IOException, InterruptedException {
    return send(request(path, timeout.plus(wait)).GET().build());
  }

  private HttpRequest.Builder request(String path, Duration patience) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(patience)
        .header("Authorization", "Bearer " + token);
  }

  private byte[] send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
    return switch (answer.statusCode()) {
      case 200 -> answer.body();
      case 401, 403 ->
          throw new Denied(
              "the coordinator at "
                  + base
                  + " refuses this provider's token ("
                  + answer.statusCode()
                  + "): join it again with a file that 'millrace token' makes");
      case 409 -> throw new Denied(detail(answer.body()));
      default ->
          throw new IOException(
              request.uri() + " answered " + answer.statusCode() + ": " + shortened(answer.body()));
    };
  }

  private static String detail(byte[] body) {
    try {
      return Json.read(body, Problem.class).detail();
    } catch (MalformedJson e) {
      return shortened(body);
    }
  }

  private static String shortened(byte[] body) {
    return new String(body, 0, Math.min(body.length, SHOWN_MAX), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
