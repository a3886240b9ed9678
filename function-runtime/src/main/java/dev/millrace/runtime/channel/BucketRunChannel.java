package dev.millrace.runtime.channel;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * What a run asks of a coordinator, through the intermediate bucket alone. Safe for many threads.
 * An interrupt ends a call with an InterruptedIOException and keeps the thread's interrupted state.
 */
public final class BucketRunChannel implements RunChannel {
  private final BucketMail mail;

  /** By this mail, which the caller closes. */
  public BucketRunChannel(BucketMail mail) {
    this.mail = mail;
  }

  @Override
  public Claim claim(SignedBytes order, RunId run) throws IOException {
    return ask(Wire.CLAIM, new Wire.ClaimRequest(order, run), Claim.class);
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return ask(Wire.URL, new Wire.UrlRequest(run, want), UrlAnswer.class);
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return ask(Wire.RENEW, new Wire.RenewRequest(run, counter), Wire.RenewAnswer.class).renewal();
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return ask(Wire.SETTLE, new Wire.SettleRequest(run, manifest), Wire.SettleAnswer.class)
        .settled();
  }

  private <T> T ask(String path, Object body, Class<T> type) throws IOException {
    String operation = path.substring(path.lastIndexOf('/') + 1);
    try {
      return Json.read(mail.ask(operation, Json.bytes(body)), type);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + operation + " was asked by bucket");
    }
  }
}
