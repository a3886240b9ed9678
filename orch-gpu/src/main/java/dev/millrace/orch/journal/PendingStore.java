package dev.millrace.orch.journal;

import dev.millrace.schema.object.StoreId;

/**
 * A store of which notices are undecided.
 *
 * @param newest id of the last of them
 */
public record PendingStore(StoreId store, long newest) {}
