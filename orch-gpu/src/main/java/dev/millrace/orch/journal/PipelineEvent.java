package dev.millrace.orch.journal;

import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import java.time.Instant;

/**
 * Something that happened to a job, derived from a committed transition.
 *
 * @param state after it
 * @param attempt the attempt that it is about, 0 for none
 * @param what for people
 */
public record PipelineEvent(
    Instant at,
    FunctionRef function,
    JobId job,
    String key,
    JobState state,
    int attempt,
    String what) {}
