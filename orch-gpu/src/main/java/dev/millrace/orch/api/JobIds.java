package dev.millrace.orch.api;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.util.List;
import java.util.Set;

/** Finds the job that a unique beginning of its id means. */
final class JobIds {
  private static final int LENGTH = 26;

  private final FrontDesk desk;

  JobIds(FrontDesk desk) {
    this.desk = desk;
  }

  static Refusal none(String id) {
    return Refusal.noSuch("job '" + id + "'", "GET /v1/jobs lists the jobs");
  }

  /** A whole id is taken as it is; a beginning must fit one job only. */
  JobId find(TenantId tenant, String text) {
    if (text.length() >= LENGTH || !text.matches("[0-9a-hjkmnp-tv-z]+")) {
      return whole(text);
    }
    // Ids sort as text, and lists come newest first: those below the beginning's last.
    JobId last = new JobId(text + "z".repeat(LENGTH - text.length()));
    List<JobId> fitting =
        desk.jobs(tenant, new JobFilter(Set.of(), null, last, 2)).stream()
            .map(Job::id)
            .filter(id -> id.value().startsWith(text))
            .toList();
    if (fitting.size() > 1) {
      throw Refusal.of(
          409,
          "Ambiguous id",
          "'"
              + text
              + "' begins more than one job's id, for instance "
              + fitting.getFirst()
              + " and "
              + fitting.getLast(),
          "give more of the id");
    }
    return fitting.stream().findFirst().orElseThrow(() -> none(text));
  }

  private static JobId whole(String text) {
    try {
      return new JobId(text);
    } catch (IllegalArgumentException e) {
      throw none(text.length() > 80 ? text.substring(0, 80) + "..." : text);
    }
  }
}
