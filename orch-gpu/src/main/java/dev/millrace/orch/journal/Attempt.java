package dev.millrace.orch.journal;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt as the journal has it.
 *
 * @param token fencing token of its lease
 * @param order the signed order, as staged
 * @param run the run that claimed it, null before
 * @param outcome label of the outcome, null before the end; {@code lost} when no word came
 * @param exitCode of the function, where it ran to one
 * @param manifest as the winning run signed it, null where none came
 */
public record Attempt(
    TenantId tenant,
    AttemptId id,
    int revision,
    AttemptState state,
    ProviderId provider,
    PoolId pool,
    long token,
    SignedBytes order,
    @Nullable RunId run,
    Instant placedAt,
    @Nullable Instant stagedAt,
    @Nullable Instant claimedAt,
    @Nullable Instant endedAt,
    @Nullable String outcome,
    @Nullable Integer exitCode,
    @Nullable String reason,
    @Nullable SignedBytes manifest) {}
