package dev.millrace.orch.api.view;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.TimelineEntry;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.object.ObjectName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job with all that is known of it.
 *
 * @param waitingFor why a waiting job waits
 * @param split where the time went, null before the end
 * @param ledger the entries of its attempts
 * @param removed what retention has taken from it, null where nothing
 */
public record JobDetail(
    JobRow job,
    List<AttemptRow> attempts,
    List<Step> timeline,
    List<Output> outputs,
    @Nullable String waitingFor,
    @Nullable Split split,
    List<EntryView> ledger,
    @Nullable RemovedView removed) {
  public JobDetail {
    attempts = List.copyOf(attempts);
    timeline = List.copyOf(timeline);
    outputs = List.copyOf(outputs);
    ledger = List.copyOf(ledger);
  }

  /** As the API writes it. */
  public static JobDetail of(FrontDesk.JobView view, List<EntryView> ledger) {
    FrontDesk.TimeSplit split = view.split();
    Removal removed = view.removed();
    return new JobDetail(
        JobRow.of(view.job()),
        view.attempts().stream().map(AttemptRow::of).toList(),
        view.timeline().stream().map(Step::of).toList(),
        view.outputs().stream().map(o -> Output.of(o, view.overwritten())).toList(),
        view.waitingFor(),
        split == null ? null : Split.of(split),
        ledger,
        removed == null ? null : RemovedView.of(removed));
  }

  /** A step of the job's way. */
  public record Step(Instant at, String state, int attempt, String what) {
    static Step of(TimelineEntry entry) {
      return new Step(entry.at(), entry.state().label(), entry.attempt(), entry.what());
    }
  }

  /**
   * A published file.
   *
   * @param overwrittenBy the last job that has published the same key since, null where none has
   */
  public record Output(
      ObjectView object, String sha256, long size, Instant at, @Nullable JobId overwrittenBy) {
    static Output of(PublishedObject output, Map<ObjectName, JobId> overwritten) {
      return new Output(
          ObjectView.of(output.name()),
          output.sha256(),
          output.size(),
          output.at(),
          overwritten.get(output.name()));
    }
  }

  /** Microseconds of each part of the way. */
  public record Split(
      long queueMicros, long stageMicros, long startMicros, long runMicros, long publishMicros) {
    static Split of(FrontDesk.TimeSplit split) {
      return new Split(split.queue(), split.stage(), split.start(), split.run(), split.publish());
    }
  }
}
