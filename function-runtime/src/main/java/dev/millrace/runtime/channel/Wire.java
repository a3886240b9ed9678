package dev.millrace.runtime.channel;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Duration;
import java.util.Objects;

/** The bodies that cross between a run and the coordinator, as JSON. */
public final class Wire {
  /** Path of {@link ClaimRequest}; answered by a {@link RunChannel.Claim}. */
  public static final String CLAIM = "/v1/runs/claim";

  /** Path of {@link UrlRequest}; answered by a {@link RunChannel.UrlAnswer}. */
  public static final String URL = "/v1/runs/url";

  /** Path of {@link RenewRequest}; answered by a {@link RenewAnswer}. */
  public static final String RENEW = "/v1/runs/renew";

  /** Path of {@link SettleRequest}; answered by a {@link SettleAnswer}. */
  public static final String SETTLE = "/v1/runs/settle";

  /** Path of {@link FollowedRequest}; answered by a {@link RunChannel.Followed}. */
  public static final String FOLLOWED = "/v1/runs/followed";

  /** Path of {@link PrintedRequest}; answered by a {@link RunChannel.Heard}. */
  public static final String PRINTED = "/v1/runs/printed";

  private Wire() {}

  /** Asks for the order's attempt. */
  public record ClaimRequest(SignedBytes order, RunId run) {
    public ClaimRequest {
      Objects.requireNonNull(order, "order");
      Objects.requireNonNull(run, "run");
    }
  }

  /** Asks for a URL. */
  public record UrlRequest(RunRef run, RunChannel.Want want) {
    public UrlRequest {
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(want, "want");
    }
  }

  /** Keeps a lease alive. */
  public record RenewRequest(RunRef run, long counter) {
    public RenewRequest {
      Objects.requireNonNull(run, "run");
    }
  }

  /** The answer to a renewal. */
  public record RenewAnswer(RunChannel.Renewal renewal) {}

  /** Says that the manifest is in place. */
  public record SettleRequest(RunRef run, SignedBytes manifest) {
    public SettleRequest {
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(manifest, "manifest");
    }
  }

  /** The answer to a settlement. */
  public record SettleAnswer(RunChannel.Settled settled) {}

  /** Asks who is read along with. */
  public record FollowedRequest(ProviderId provider, long known, Duration patience) {
    public FollowedRequest {
      Objects.requireNonNull(provider, "provider");
      Objects.requireNonNull(patience, "patience");
    }
  }

  /** Hands over what was printed. */
  @SuppressWarnings("ArrayRecordComponent")
  public record PrintedRequest(RunRef run, long from, byte[] text) {
    public PrintedRequest {
      Objects.requireNonNull(run, "run");
      Objects.requireNonNull(text, "text");
    }
  }

  /** What went wrong, in any answer that is not 200. */
  public record Problem(String message) {}
}
