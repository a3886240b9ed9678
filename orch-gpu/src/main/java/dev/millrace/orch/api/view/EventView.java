package dev.millrace.orch.api.view;

import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.schema.id.JobId;
import java.time.Instant;

/**
 * Something that happened to a job.
 *
 * @param state after it
 * @param attempt the attempt that it is about, 0 for none
 */
public record EventView(
    Instant at, String function, JobId job, String key, String state, int attempt, String what) {
  /** As the API writes it. */
  public static EventView of(PipelineEvent event) {
    return new EventView(
        event.at(),
        event.function().name().value(),
        event.job(),
        event.key(),
        event.state().label(),
        event.attempt(),
        event.what());
  }

  /** What a list of jobs says of the same. */
  public static EventView of(JobRow job) {
    String reason = job.reason();
    return new EventView(
        job.updatedAt(),
        job.function(),
        job.id(),
        job.input().key(),
        job.state(),
        job.attempts(),
        reason == null ? "" : reason);
  }
}
