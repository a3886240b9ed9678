package dev.millrace.orch.journal;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.time.Instant;

/**
 * A store of which a tenant's notices are undecided.
 *
 * @param notices how many
 * @param oldest of what object the first of them is
 * @param since when that came
 */
public record WaitingStore(StoreId store, long notices, ObjectName oldest, Instant since) {}
