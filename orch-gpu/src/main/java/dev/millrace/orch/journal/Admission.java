package dev.millrace.orch.journal;

import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.run.InputRef;

/**
 * A job to be: inserted unless its identity (tenant, function, object, version) is known.
 *
 * @param refusal the job rests as refused at once, for this reason; empty for a waiting job
 */
public record Admission(
    JobId job,
    FunctionRef function,
    InputRef input,
    long versionOrder,
    int depth,
    int priority,
    String refusal) {}
