package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What changes in a job's row. A terminal job is refused: it never changes. */
final class JobChange {
  private final Job job;
  private JobState state;
  private Instant notBefore;
  private int attempts;
  private int failures;
  private int losses;
  private boolean cancelRequested;
  private @Nullable String reason;

  JobChange(Job job) {
    this.job = job;
    this.state = job.state();
    this.notBefore = job.notBefore();
    this.attempts = job.attempts();
    this.failures = job.failures();
    this.losses = job.losses();
    this.cancelRequested = job.cancelRequested();
    this.reason = job.reason();
  }

  JobChange to(JobState next, @Nullable String why) {
    state = next;
    reason = why;
    return this;
  }

  JobChange notBefore(Instant time) {
    notBefore = time;
    return this;
  }

  JobChange attempts(int number) {
    attempts = number;
    return this;
  }

  JobChange failures(int number) {
    failures = number;
    return this;
  }

  JobChange losses(int number) {
    losses = number;
    return this;
  }

  JobChange cancelRequested(boolean asked) {
    cancelRequested = asked;
    return this;
  }

  void keep(Change change, Instant at) throws SQLException {
    if (job.state().kind() == JobState.Kind.TERMINAL) {
      throw new IllegalStateException("job " + job.id() + " has ended as " + job.state().label());
    }
    change
        .session()
        .update(
            "UPDATE jobs SET state = ?, not_before = ?, attempts = ?, failures = ?, losses = ?,"
                + " cancel_requested = ?, reason = ?, updated_at = ? WHERE tenant = ? AND id = ?",
            state,
            notBefore,
            attempts,
            failures,
            losses,
            cancelRequested,
            reason,
            at,
            job.function().tenant(),
            job.id());
    if (state != job.state()) {
      change.counts().left(job.function().tenant(), job.state());
      change.counts().entered(job.function().tenant(), state);
    }
  }
}
