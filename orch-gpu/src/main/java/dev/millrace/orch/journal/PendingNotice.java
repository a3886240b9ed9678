package dev.millrace.orch.journal;

import dev.millrace.schema.object.Notice;

/**
 * A durable notice that admission has not decided yet.
 *
 * @param id grows with each notice
 */
public record PendingNotice(long id, Notice notice) {}
