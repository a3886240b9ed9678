package dev.millrace.runtime.channel;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a run asks of a coordinator, over HTTP with a bearer token. Safe for many threads. An
 * interrupt ends a call with an InterruptedIOException and keeps the thread's interrupted state.
 */
public final class HttpRunChannel implements RunChannel, AutoCloseable {
  private final URI base;
  private final String token;
  private final Duration timeout;
  private final HttpClient client;

  /**
   * @param base of the coordinator, for instance {@code http://host:8700}
   * @param token of this provider
   * @param timeout of one call
   */
  public HttpRunChannel(URI base, String token, Duration timeout) {
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

  @Override
  public Claim claim(SignedBytes order, RunId run) throws IOException {
    return post(Wire.CLAIM, new Wire.ClaimRequest(order, run), Claim.class);
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return post(Wire.URL, new Wire.UrlRequest(run, want), UrlAnswer.class);
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return post(Wire.RENEW, new Wire.RenewRequest(run, counter), Wire.RenewAnswer.class).renewal();
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return post(Wire.SETTLE, new Wire.SettleRequest(run, manifest), Wire.SettleAnswer.class)
        .settled();
  }

  private <T> T post(String path, Object body, Class<T> type) throws IOException {
    URI target = URI.create(base + path);
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(timeout)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
            .build();
    HttpResponse<byte[]> answer = send(request);
    return switch (answer.statusCode()) {
      case 200 -> Json.read(answer.body(), type);
      case 401, 403 ->
          throw new IOException(
              "the coordinator at "
                  + base
                  + " refuses this provider's token ("
                  + answer.statusCode()
                  + "): check the token file");
      default ->
          throw new IOException(
              target + " answered " + answer.statusCode() + ": " + shortened(answer.body()));
    };
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + request.uri() + " was asked");
    }
  }

  private static String shortened(byte[] body) {
    return new String(body, 0, Math.min(body.length, 300), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
