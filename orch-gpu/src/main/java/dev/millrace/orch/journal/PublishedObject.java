package dev.millrace.orch.journal;

import dev.millrace.schema.id.JobId;
import dev.millrace.schema.object.ObjectName;
import java.time.Instant;

/**
 * An output at its final key.
 *
 * @param sha256 of its bytes
 */
public record PublishedObject(JobId job, ObjectName name, String sha256, long size, Instant at) {}
