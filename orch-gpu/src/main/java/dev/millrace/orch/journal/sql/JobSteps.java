package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.DiscardJob;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.orch.journal.Transition.RedriveJob;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** What is done to jobs that have no live attempt, and the asking to stop. */
final class JobSteps {
  private JobSteps() {}

  static Commit end(Change change, EndJob t) throws SQLException {
    boolean lostItsFiles = t.from() == JobState.PUBLISHING && t.to() == JobState.DEAD;
    if (t.from() != JobState.WAITING && t.from() != JobState.PRODUCED && !lostItsFiles) {
      throw new IllegalArgumentException("a job is not ended from " + t.from().label());
    }
    if (t.to().kind() == JobState.Kind.LIVE) {
      throw new IllegalArgumentException(t.to().label() + " is no end");
    }
    Optional<Job> found = JobReads.one(change.session(), t.tenant(), t.job());
    if (found.isEmpty() || found.get().state() != t.from()) {
      return is(found, t.job(), "not " + t.from().label());
    }
    move(change, found.get(), t.to(), t.reason(), t.at());
    return change.committed();
  }

  private static Commit is(Optional<Job> found, JobId id, String but) {
    return Steps.conflict(
        found
            .map(job -> "job " + id + " is " + job.state().label() + ", " + but)
            .orElse("job " + id + " is not there"));
  }

  static void move(Change change, Job job, JobState to, String reason, Instant at)
      throws SQLException {
    new JobChange(job).to(to, reason).keep(change, at);
    change.tell(job, to, job.attempts(), to.label() + ": " + reason, at);
  }

  static Commit cancel(Change change, CancelJob t) throws SQLException {
    Optional<Job> found = JobReads.one(change.session(), t.tenant(), t.job());
    if (found.isEmpty()) {
      return is(found, t.job(), "");
    }
    Job job = found.get();
    return switch (job.state()) {
      case WAITING -> {
        move(change, job, JobState.CANCELLED, t.reason(), t.at());
        yield change.committed();
      }
      case PLACED, STAGED, RUNNING -> {
        mark(change, job, t);
        yield change.committed();
      }
      case PRODUCED,
          PUBLISHING,
          SUCCEEDED,
          CANCELLED,
          DISCARDED,
          SUPERSEDED,
          INPUT_GONE,
          DEAD,
          REFUSED ->
          is(found, t.job(), "there is nothing to stop");
    };
  }

  private static void mark(Change change, Job job, CancelJob t) throws SQLException {
    if (job.cancelRequested()) {
      return;
    }
    new JobChange(job).to(job.state(), t.reason()).cancelRequested(true).keep(change, t.at());
    change.tell(job, job.state(), job.attempts(), "asked to stop: " + t.reason(), t.at());
  }

  static Commit redrive(Change change, RedriveJob t) throws SQLException {
    Optional<Job> found = resting(change.session(), t.tenant(), t.job());
    if (found.isEmpty()) {
      return notResting(change.session(), t.tenant(), t.job());
    }
    Job job = found.get();
    if (FunctionReads.removed(change.session(), job.function())) {
      return Steps.conflict("function " + job.function() + " was removed");
    }
    new JobChange(job)
        .to(JobState.WAITING, null)
        .notBefore(t.at())
        .failures(0)
        .losses(0)
        .cancelRequested(false)
        .keep(change, t.at());
    change.tell(job, JobState.WAITING, job.attempts(), "redriven", t.at());
    return change.committed();
  }

  static Commit discard(Change change, DiscardJob t) throws SQLException {
    Optional<Job> found = resting(change.session(), t.tenant(), t.job());
    if (found.isEmpty()) {
      return notResting(change.session(), t.tenant(), t.job());
    }
    move(change, found.get(), JobState.DISCARDED, t.reason(), t.at());
    return change.committed();
  }

  private static Optional<Job> resting(Session session, TenantId tenant, JobId id)
      throws SQLException {
    return JobReads.one(session, tenant, id)
        .filter(job -> job.state().kind() == JobState.Kind.RESTING);
  }

  private static Commit notResting(Session session, TenantId tenant, JobId id) throws SQLException {
    return is(JobReads.one(session, tenant, id), id, "it does not rest");
  }
}
