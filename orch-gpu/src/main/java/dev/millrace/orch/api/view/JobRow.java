package dev.millrace.orch.api.view;

import dev.millrace.orch.journal.Job;
import dev.millrace.schema.id.JobId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job in a list.
 *
 * @param state a label, for instance {@code input-gone}
 * @param version of the input, as its store tells versions apart
 * @param size of the input in bytes
 * @param reason why it rests, waits or ended so
 */
public record JobRow(
    JobId id,
    String function,
    String state,
    ObjectView input,
    String version,
    long size,
    int priority,
    Instant admittedAt,
    Instant notBefore,
    int attempts,
    int failures,
    int losses,
    boolean cancelRequested,
    @Nullable String reason,
    Instant updatedAt) {
  /** As the API writes it. */
  public static JobRow of(Job job) {
    return new JobRow(
        job.id(),
        job.function().name().value(),
        job.state().label(),
        ObjectView.of(job.input().name()),
        job.input().version().text(),
        job.input().size(),
        job.priority(),
        job.admittedAt(),
        job.notBefore(),
        job.attempts(),
        job.failures(),
        job.losses(),
        job.cancelRequested(),
        job.reason(),
        job.updatedAt());
  }
}
