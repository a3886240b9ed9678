package dev.millrace.orch.journal;

import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.run.InputRef;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job as the journal has it.
 *
 * @param admission number that grows with each admission
 * @param versionOrder generation in the embedded store, else Last-Modified in epoch microseconds
 * @param depth functions that the input has come through
 * @param notBefore a waiting job is not planned before this
 * @param attempts attempts so far
 * @param failures of them, those that count against the retry rule
 * @param losses of them, those that ended without a word from their run
 * @param cancelRequested a live attempt is asked to stop
 * @param reason why it rests, waits or ended so; null when there is nothing to say
 */
public record Job(
    JobId id,
    FunctionRef function,
    JobState state,
    InputRef input,
    long admission,
    long versionOrder,
    int depth,
    int priority,
    Instant admittedAt,
    Instant notBefore,
    int attempts,
    int failures,
    int losses,
    boolean cancelRequested,
    @Nullable String reason,
    Instant updatedAt) {}
