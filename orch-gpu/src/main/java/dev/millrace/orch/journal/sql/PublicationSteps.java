package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Transition.BeginPublication;
import dev.millrace.orch.journal.Transition.FinishPublication;
import dev.millrace.schema.object.ObjectName;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** One publication at a time for a function and an input key, and never an older one last. */
final class PublicationSteps {
  private record Rival(long versionOrder, long admission, JobState state) {
    boolean isAheadOf(Job job) {
      return versionOrder > job.versionOrder()
          || versionOrder == job.versionOrder() && admission > job.admission();
    }
  }

  private PublicationSteps() {}

  static Commit begin(Change change, BeginPublication t) throws SQLException {
    Optional<Job> found = JobReads.one(change.session(), t.tenant(), t.job());
    if (found.isEmpty() || found.get().state() != JobState.PRODUCED) {
      return isNot(JobState.PRODUCED, found, t.job().value());
    }
    Job job = found.get();
    List<Rival> rivals = rivals(change.session(), job);
    if (rivals.stream().anyMatch(rival -> rival.isAheadOf(job))) {
      return Steps.conflict(BeginPublication.SUPERSEDED);
    }
    if (rivals.stream().anyMatch(rival -> rival.state() == JobState.PUBLISHING)) {
      return Steps.conflict(BeginPublication.BUSY);
    }
    new JobChange(job).to(JobState.PUBLISHING, null).keep(change, t.at());
    change.tell(job, JobState.PUBLISHING, job.attempts(), "publishing", t.at());
    return change.committed();
  }

  private static List<Rival> rivals(Session session, Job job) throws SQLException {
    ObjectName input = job.input().name();
    return session.all(
        "SELECT version_order, admission, state FROM jobs WHERE tenant = ? AND object_key = ?"
            + " AND bucket = ? AND store = ? AND function = ? AND id <> ?"
            + " AND state IN ('PUBLISHING', 'SUCCEEDED')",
        row -> new Rival(row.number(), row.number(), row.one(JobState.class)),
        job.function().tenant(),
        input.key(),
        input.bucket(),
        input.store(),
        job.function().name(),
        job.id());
  }

  private static Commit isNot(JobState wanted, Optional<Job> found, String id) {
    return Steps.conflict(
        found
            .map(job -> "job " + id + " is " + job.state().label() + ", not " + wanted.label())
            .orElse("job " + id + " is not there"));
  }

  static Commit finish(Change change, FinishPublication t) throws SQLException {
    Session session = change.session();
    Optional<Job> found = JobReads.one(session, t.tenant(), t.job());
    if (found.isEmpty() || found.get().state() != JobState.PUBLISHING) {
      return isNot(JobState.PUBLISHING, found, t.job().value());
    }
    for (PublishedObject object : t.published()) {
      session.update(
          "INSERT INTO published (tenant, job, place, store, bucket, object_key, sha256, size, at)"
              + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          t.tenant(),
          t.job(),
          change.numbers().next(Numbers.PUBLISHED, 1),
          object.name().store(),
          object.name().bucket(),
          object.name().key(),
          object.sha256(),
          object.size(),
          object.at());
    }
    Job job = found.get();
    new JobChange(job).to(JobState.SUCCEEDED, null).keep(change, t.at());
    int files = t.published().size();
    String what = "succeeded with " + files + (files == 1 ? " file" : " files");
    change.tell(job, JobState.SUCCEEDED, job.attempts(), what, t.at());
    return change.committed();
  }
}
