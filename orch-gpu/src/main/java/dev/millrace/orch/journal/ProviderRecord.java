package dev.millrace.orch.journal;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.time.Instant;
import java.util.List;

/**
 * A provider as it last introduced itself.
 *
 * @param publicKey X.509 form in base64, of the key that signs its receipts; empty while it was
 *     withdrawn and no other has come
 */
public record ProviderRecord(
    ProviderId id, PoolId pool, String publicKey, List<Accelerator> accelerators, Instant seenAt) {
  public ProviderRecord {
    accelerators = List.copyOf(accelerators);
  }
}
