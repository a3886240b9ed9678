package dev.millrace.runtime.unit;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Sends requests that may take as long as bytes move: a transfer is judged by its progress, never
 * by its length.
 */
final class Watched {
  private static final long LOOK_MILLIS_MAX = 1000;

  private final HttpClient client;
  private final Ticker ticker;

  Watched(HttpClient client, Ticker ticker) {
    this.client = client;
    this.ticker = ticker;
  }

  /**
   * Sends a request and waits for the end of its answer.
   *
   * @param moved how many bytes have moved so far, either way
   * @param stall how long that may stay the same
   * @throws HttpTimeoutException when nothing moved for so long; the exchange is broken off then
   */
  <T> HttpResponse<T> send(
      HttpRequest request, BodyHandler<T> handler, LongSupplier moved, Duration stall)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, handler);
    long look = Math.clamp(stall.toMillis() / 4, 1, LOOK_MILLIS_MAX);
    long seen = moved.getAsLong();
    long since = ticker.nanos();
    try {
      while (true) {
        try {
          return answer.get(look, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          long now = moved.getAsLong();
          if (now != seen) {
            seen = now;
            since = ticker.nanos();
          } else if (ticker.nanos() - since >= stall.toNanos()) {
            throw new HttpTimeoutException("no byte moved for " + stall.toMillis() + " ms");
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } finally {
      // What has ended is not touched by this.
      answer.cancel(true);
    }
  }
}
