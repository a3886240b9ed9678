package dev.millrace.ledger.receipt;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.sign.TrustedKeys;
import java.util.Optional;

/** Which keys a provider signs its receipts with. Safe for many threads. */
@FunctionalInterface
public interface ProviderKeys {
  /**
   * All keys that the provider has ever enrolled, as of now; empty when it is not known here. An
   * audit asks once for each provider.
   */
  Optional<TrustedKeys> of(ProviderId provider);

  /** Knows no provider: receipts are read, their signatures are not checked. */
  static ProviderKeys none() {
    return provider -> Optional.empty();
  }
}
