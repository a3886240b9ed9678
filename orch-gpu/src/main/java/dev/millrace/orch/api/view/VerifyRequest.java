package dev.millrace.orch.api.view;

import dev.millrace.schema.ledger.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * What to verify the ledger against.
 *
 * @param trusted a checkpoint kept elsewhere; null for none
 */
public record VerifyRequest(@Nullable Checkpoint trusted) {}
