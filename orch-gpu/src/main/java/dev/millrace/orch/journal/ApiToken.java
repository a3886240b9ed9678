package dev.millrace.orch.journal;

import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token of a person or a program, which every coordinator of the journal honours.
 *
 * @param id names it without being a secret
 * @param name what people call it
 * @param role what its holder may do
 * @param sha256 of the token, in hex
 * @param expiresAt from when on it is worth nothing; null for never
 */
public record ApiToken(
    TenantId tenant,
    String id,
    String name,
    String role,
    String sha256,
    Instant createdAt,
    @Nullable Instant expiresAt) {}
