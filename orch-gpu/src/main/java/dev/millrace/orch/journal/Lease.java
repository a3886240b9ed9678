package dev.millrace.orch.journal;

import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Slices held for one attempt.
 *
 * @param token fencing token, unique and growing
 * @param counter the last renewal's; 0 before the first
 * @param duration the lease is dead when the counter has not moved for this long by the observer's
 *     own ticker
 * @param hardLimit by when the runner has stopped the run whatever happens; a quarantine ends then
 */
public record Lease(
    long token,
    TenantId tenant,
    AttemptId attempt,
    ProviderId provider,
    LeaseState state,
    long counter,
    Duration duration,
    Instant hardLimit,
    List<Slice> slices,
    @Nullable String reason) {
  public Lease {
    slices = List.copyOf(slices);
  }
}
