package dev.millrace.runtime.channel;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;

/**
 * What a run asks of a coordinator, over HTTP, each call signed by the provider. Safe for many
 * threads. An interrupt ends a call with an InterruptedIOException and keeps the thread's
 * interrupted state.
 */
public final class HttpRunChannel implements RunChannel, AutoCloseable {
  private final CoordinatorHttp http;

  /** Over this; closing the channel closes it. */
  public HttpRunChannel(CoordinatorHttp http) {
    this.http = http;
  }

  /**
   * @param base of the coordinator, for instance {@code http://host:8700}
   * @param who asks
   * @param timeout of one call
   */
  public HttpRunChannel(URI base, CoordinatorHttp.Speaker who, Duration timeout) {
    this(new CoordinatorHttp(base, who, timeout));
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

  @Override
  public Followed followed(ProviderId provider, long known, Duration patience)
      throws IOException, InterruptedException {
    Wire.FollowedRequest body = new Wire.FollowedRequest(provider, known, patience);
    byte[] answer = http.post(Wire.FOLLOWED, "application/json", Json.bytes(body), patience);
    return Json.read(answer, Followed.class);
  }

  @Override
  public Heard printed(RunRef run, long from, byte[] text) throws IOException {
    return post(Wire.PRINTED, new Wire.PrintedRequest(run, from, text), Heard.class);
  }

  private <T> T post(String path, Object body, Class<T> type) throws IOException {
    try {
      return Json.read(http.post(path, "application/json", Json.bytes(body)), type);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + http.base() + path + " was asked");
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
