package dev.millrace.runtime.channel;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A coordinator's API, asked with a provider's bearer token, each call signed by the provider's key
 * under a challenge that the coordinator gave. Safe for many threads. A coordinator that is away is
 * an IOException, one that says no is {@link Denied}.
 */
public final class CoordinatorHttp implements AutoCloseable {
  private static final int SHOWN_MAX = 300;

  private final URI base;
  private final Speaker who;
  private final Duration timeout;
  private final HttpClient client;
  private final AtomicLong calls = new AtomicLong();
  private volatile String challenge = "";

  /**
   * Who asks.
   *
   * @param token from its join file
   * @param key that it introduces itself with
   */
  public record Speaker(ProviderId name, String token, SigningKey key) {
    @Override
    public String toString() {
      return "Speaker[" + name + "]";
    }
  }

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
   * What is asked.
   *
   * @param contentType of the body; empty when there is none
   * @param patience how long the answer may take
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Question(
      String method, String path, String contentType, byte[] body, Duration patience) {}

  /**
   * @param base of the coordinator, for instance {@code http://host:7070}
   * @param who asks
   * @param timeout of one call
   */
  public CoordinatorHttp(URI base, Speaker who, Duration timeout) {
    String text = base.toString();
    this.base = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    this.who = who;
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
    return post(path, contentType, body, Duration.ZERO);
  }

  /**
   * Sends a body.
   *
   * @param wait how much longer than any call the answer may take
   */
  byte[] post(String path, String contentType, byte[] body, Duration wait)
      throws IOException, InterruptedException {
    return ask(new Question("POST", path, contentType, body, timeout.plus(wait)));
  }

  /**
   * Asks.
   *
   * @param wait how much longer than any call the answer may take
   */
  byte[] get(String path, Duration wait) throws IOException, InterruptedException {
    return ask(new Question("GET", path, "", new byte[0], timeout.plus(wait)));
  }

  /** A challenge that the coordinator does not know any more is answered with another, once. */
  private byte[] ask(Question question) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = send(question, challenge);
    Optional<String> fresh = remembered(answer);
    if (answer.statusCode() == 401 && fresh.isPresent()) {
      answer = send(question, fresh.get());
      remembered(answer);
    }
    return body(answer);
  }

  private Optional<String> remembered(HttpResponse<byte[]> answer) {
    Optional<String> fresh = answer.headers().firstValue(Call.CHALLENGE).filter(Call::isChallenge);
    fresh.ifPresent(given -> challenge = given);
    return fresh;
  }

  private HttpResponse<byte[]> send(Question question, String under)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + question.path()))
            .timeout(question.patience())
            .header("Authorization", "Bearer " + who.token())
            .method(question.method(), body(question));
    if (!question.contentType().isEmpty()) {
      request.header("Content-Type", question.contentType());
    }
    if (!under.isEmpty()) {
      request.header(Call.PROOF, proof(question, under));
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static HttpRequest.BodyPublisher body(Question question) {
    return question.body().length == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.ofByteArray(question.body());
  }

  private String proof(Question question, String under) {
    Call call =
        new Call(
            who.name(),
            question.method() + " " + question.path(),
            Hex.of(Hex.sha256(question.body())),
            under,
            calls.getAndIncrement());
    return who.key().sign(Call.TYPE, Json.bytes(call)).line();
  }

  private byte[] body(HttpResponse<byte[]> answer) throws IOException {
    return switch (answer.statusCode()) {
      case 200 -> answer.body();
      case 401 ->
          throw answer.headers().firstValue(Call.CHALLENGE).isPresent()
              ? new IOException(answer.uri() + " took no proof: " + detail(answer.body()))
              : new Denied(
                  "the coordinator at "
                      + base
                      + " refuses this provider's token (401): join it again with a file that"
                      + " 'millrace token' makes");
      case 403 ->
          throw new Denied(
              "the coordinator at " + base + " refuses this provider: " + detail(answer.body()));
      case 409 -> throw new Denied(detail(answer.body()));
      default ->
          throw new IOException(
              answer.uri() + " answered " + answer.statusCode() + ": " + shortened(answer.body()));
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
