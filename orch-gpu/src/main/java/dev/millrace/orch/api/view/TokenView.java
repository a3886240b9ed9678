package dev.millrace.orch.api.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token that was given out, without its secret.
 *
 * @param id by which it is revoked
 * @param name what people call it
 * @param role {@code admin}, {@code tenant} or {@code viewer}
 * @param expiresAt from when on it is worth nothing; null for never
 */
public record TokenView(
    String id, String name, String role, Instant createdAt, @Nullable Instant expiresAt) {}
