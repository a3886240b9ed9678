package dev.millrace.orch.journal;

import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.Notice;

/**
 * A durable notice that admission has not decided yet.
 *
 * @param id grows with each notice
 * @param tenant whose functions cover the object
 */
public record PendingNotice(long id, TenantId tenant, Notice notice) {}
