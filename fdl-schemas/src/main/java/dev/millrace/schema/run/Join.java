package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a provider needs to join a coordinator; a secret, for a file that its owner alone can read.
 *
 * @param coordinatorKey X.509 form in base64; orders of another key are not believed
 * @param http how the coordinator is asked; null where only buckets connect the two
 * @param buckets how it is asked through the intermediate bucket; null where that is not done
 */
public record Join(
    ProviderId provider, String coordinatorKey, @Nullable Http http, @Nullable Buckets buckets) {
  /** By HTTP. */
  public Join(ProviderId provider, String coordinatorKey, Http http) {
    this(provider, coordinatorKey, http, null);
  }

  /**
   * The intermediate bucket.
   *
   * @param token for the introduction
   * @param accessKeyId of a key that can list and get what begins with {@code orders/PROVIDER/},
   *     and nothing else
   */
  public record Buckets(
      URI endpoint,
      String region,
      String bucket,
      String accessKeyId,
      String secretKey,
      String token) {
    @Override
    public String toString() {
      return "Buckets[" + endpoint + ", " + bucket + ", hidden]";
    }
  }

  /**
   * The coordinator's API.
   *
   * @param token for this provider alone
   */
  public record Http(URI endpoint, String token) {
    @Override
    public String toString() {
      return "Http[" + endpoint + ", hidden]";
    }
  }
}
