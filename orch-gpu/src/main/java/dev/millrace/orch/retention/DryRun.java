package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Course;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Passing;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what would go, and stops counting before others wait for it. */
final class DryRun {
  private static final int LOOKED_MAX = 1_000;
  private static final int PAGE = 100;
  private static final int OPEN_MAX = 1000;

  private final Journal journal;
  private final OwnObjects objects;

  DryRun(Journal journal, OwnObjects objects) {
    this.journal = journal;
    this.objects = objects;
  }

  Due due(Rules asked, CarefulClock.Reading now) {
    Instant wall = now.wall();
    @Nullable Instant logs = before(wall, logs(asked));
    @Nullable Instant jobs = before(wall, asked.jobs());
    @Nullable Duration notices = asked.notices();
    return new Due(
        asked,
        wall,
        now.counted(),
        now.standing(),
        logs == null ? new Due.Logs(0, 0, 0, 0) : logs(logs),
        jobs == null ? new Due.Jobs(0, 0) : new Due.Jobs(count(jobs), bytes(jobs)),
        rows(Passing.NOTICES, before(wall, notices)),
        rows(Passing.LEASES, before(wall, notices)),
        rows(Passing.ENTRIES, before(wall, notices)),
        ready(asked, now.counted()),
        journal.openRemovals(OPEN_MAX).size());
  }

  /** The logs of a job go with it at the latest. */
  private static @Nullable Duration logs(Rules asked) {
    return asked.logs() == null ? asked.jobs() : asked.logs();
  }

  private static @Nullable Instant before(Instant now, @Nullable Duration time) {
    return time == null ? null : now.minus(time);
  }

  private Due.Ready ready(Rules asked, Instant counted) {
    @Nullable Instant logs = before(counted, logs(asked));
    @Nullable Instant jobs = before(counted, asked.jobs());
    @Nullable Instant rows = before(counted, asked.notices());
    return new Due.Ready(
        logs == null ? 0 : journal.endedCount(Kept.ALL, logs, Due.COUNTED_MAX),
        jobs == null ? 0 : count(jobs),
        Arrays.stream(Passing.values()).mapToLong(what -> rows(what, rows)).sum());
  }

  private long rows(Passing what, @Nullable Instant before) {
    return before == null ? 0 : journal.passingCount(what, before, Due.COUNTED_MAX);
  }

  private long count(Instant before) {
    return journal.endedCount(Kept.NO_LOGS, before, Due.COUNTED_MAX)
        + journal.endedCount(Kept.ALL, before, Due.COUNTED_MAX);
  }

  private long bytes(Instant before) {
    return journal.endedBytes(Kept.NO_LOGS, before, Due.COUNTED_MAX)
        + journal.endedBytes(Kept.ALL, before, Due.COUNTED_MAX);
  }

  private Due.Logs logs(Instant before) {
    long looked = 0;
    long logs = 0;
    long bytes = 0;
    List<Job> page = journal.ended(Kept.ALL, before, null, PAGE);
    while (!page.isEmpty()) {
      for (Job job : page) {
        List<OwnObjects.Log> left =
            journal.course(job.function().tenant(), job.id()).map(this::left).orElse(List.of());
        logs += left.size();
        bytes += left.stream().mapToLong(OwnObjects.Log::bytes).sum();
      }
      looked += page.size();
      page =
          looked >= LOOKED_MAX ? List.of() : journal.ended(Kept.ALL, before, page.getLast(), PAGE);
    }
    long jobs = journal.endedCount(Kept.ALL, before, Due.COUNTED_MAX);
    return new Due.Logs(jobs, looked, logs, bytes);
  }

  private List<OwnObjects.Log> left(Course course) {
    try {
      return objects.logs(course);
    } catch (IllegalStateException e) {
      return List.of();
    }
  }
}
