package dev.millrace.orch.api.view;

import org.jspecify.annotations.Nullable;

/**
 * What to verify the ledger against.
 *
 * @param checkpoint a signed note that was kept elsewhere, as it was published; null for none
 */
public record VerifyRequest(@Nullable String checkpoint) {}
