package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import java.time.Duration;

/**
 * The coordinator's answer to an introduction, signed by its key as {@code millrace.welcome.v1}: so
 * a provider sees that it still speaks with the coordinator that it joined.
 *
 * @param nonce of the introduction
 * @param again after this the provider introduces itself again
 */
public record Welcome(ProviderId provider, String nonce, Duration again) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.welcome.v1";
}
