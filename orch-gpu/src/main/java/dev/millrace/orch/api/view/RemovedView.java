package dev.millrace.orch.api.view;

import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Removal;
import java.time.Instant;

/**
 * What retention has taken from a job.
 *
 * @param what {@code logs}, or {@code attempts} with steps and logs
 * @param at when that was decided
 * @param rule of the configuration
 */
public record RemovedView(String what, Instant at, String rule) {
  static RemovedView of(Removal removal) {
    return removal.kept() == Kept.IDENTITY
        ? new RemovedView("attempts", removal.at(), "retention.jobs")
        : new RemovedView("logs", removal.at(), "retention.logs");
  }
}
