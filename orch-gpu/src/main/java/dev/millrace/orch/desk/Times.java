package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a succeeded job's time went. Lengths at the provider are by its own clock. */
final class Times {
  private Times() {}

  static FrontDesk.@Nullable TimeSplit of(Job job, List<Attempt> attempts) {
    if (job.state() != JobState.SUCCEEDED || attempts.isEmpty()) {
      return null;
    }
    Attempt last = attempts.getLast();
    SignedBytes signed = last.manifest();
    Instant claimed = last.claimedAt();
    if (signed == null || claimed == null) {
      return null;
    }
    try {
      Manifest.RunTimes times = Json.read(signed.bytes(), Manifest.class).times();
      long start = micros(times.claimedAt(), times.startedAt());
      long run = micros(times.startedAt(), times.endedAt());
      long rest = micros(claimed, job.updatedAt()) - start - run;
      return new FrontDesk.TimeSplit(
          micros(job.admittedAt(), last.placedAt()),
          micros(last.placedAt(), claimed),
          start,
          run,
          Math.max(0, rest));
    } catch (MalformedJson e) {
      return null;
    }
  }

  private static long micros(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toNanos() / 1000);
  }
}
