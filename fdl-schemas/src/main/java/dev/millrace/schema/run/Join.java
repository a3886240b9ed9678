package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a provider needs to join a coordinator; a secret, for a file that its owner alone can read.
 *
 * @param coordinatorKey X.509 form in base64; orders of another key are not believed
 * @param http how the coordinator is asked; null where only buckets connect the two
 */
public record Join(ProviderId provider, String coordinatorKey, @Nullable Http http) {
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
