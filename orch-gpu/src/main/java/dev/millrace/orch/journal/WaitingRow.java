package dev.millrace.orch.journal;

import java.time.Instant;

/**
 * A row of a listing whose notice admission has not decided yet.
 *
 * @param alias what the object was in the listing
 * @param receivedAt when the notice came
 */
public record WaitingRow(String key, String alias, Instant receivedAt) {}
