package dev.millrace.triggers.embedded;

import dev.millrace.schema.json.Json;
import dev.millrace.triggers.embedded.http.EventPage;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.embedded.names.StoreEvent;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.RequestSigner;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * The outbox of an embedded store in another process, by its feed of events: a long poll, signed
 * with an access key of the store. What was read and not acknowledged is read again, by whoever
 * asks next; so nothing is kept here, and a reader that dies loses nothing.
 */
public final class RemoteOutbox implements Outbox, AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final int WAIT_MAX_SECONDS = 20;
  private static final int SHOWN_MAX = 300;

  private final URI endpoint;
  private final RequestSigner signer;
  private final HttpClient client;

  /**
   * @param endpoint of the store
   * @param key one that may administer the store
   */
  public RemoteOutbox(URI endpoint, String region, AccessKey key, InstantSource clock) {
    this.endpoint = endpoint;
    this.signer = new RequestSigner(key, region, clock);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CALL)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public List<StoreEvent> eventsAfter(long sequence, int max)
      throws IOException, InterruptedException {
    return read(sequence, max, 0);
  }

  @Override
  public boolean awaitEvents(long afterSequence, Duration timeout)
      throws IOException, InterruptedException {
    long left = Math.max(1, timeout.toSeconds());
    while (left > 0) {
      int wait = (int) Math.min(left, WAIT_MAX_SECONDS);
      if (!read(afterSequence, 1, wait).isEmpty()) {
        return true;
      }
      left -= wait;
    }
    return false;
  }

  private List<StoreEvent> read(long after, int max, int wait)
      throws IOException, InterruptedException {
    String query = "/?millrace-events=&after=" + after + "&max=" + max + "&wait=" + wait;
    HttpResponse<byte[]> answer = send("GET", query, CALL.plusSeconds(wait));
    return Json.read(answer.body(), EventPage.class).read();
  }

  @Override
  public void acknowledge(long sequence) throws IOException, InterruptedException {
    send("DELETE", "/?millrace-events=&through=" + sequence, CALL);
  }

  private HttpResponse<byte[]> send(String method, String query, Duration timeout)
      throws IOException, InterruptedException {
    URI target = endpoint.resolve(query);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .timeout(timeout)
            .method(method, HttpRequest.BodyPublishers.noBody());
    for (SignedRequest.Header header : signer.sign(method, target)) {
      request.header(header.name(), header.value());
    }
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() >= 300) {
      byte[] body = answer.body();
      throw new IOException(
          "the store at "
              + endpoint
              + " does not give its events ("
              + answer.statusCode()
              + "): "
              + new String(body, 0, Math.min(body.length, SHOWN_MAX), StandardCharsets.UTF_8));
    }
    return answer;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
