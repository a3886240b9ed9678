package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Transition.BundleAttempt;
import dev.millrace.orch.journal.Transition.ClaimAttempt;
import dev.millrace.orch.journal.Transition.RenewLease;
import dev.millrace.orch.journal.Transition.StageAttempt;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import java.sql.SQLException;
import java.util.Optional;

/** An attempt from its placement to its run. */
final class AttemptSteps {
  private AttemptSteps() {}

  /** The job stays placed: only what will be staged has changed. */
  static Commit bundle(Change change, BundleAttempt t) throws SQLException {
    int bundled =
        change
            .session()
            .update(
                "UPDATE attempts SET signed_order = ? WHERE tenant = ? AND job = ?"
                    + " AND number = ? AND token = ? AND state = 'PLACED'",
                t.order(),
                t.tenant(),
                t.attempt().job(),
                t.attempt().number(),
                t.token());
    return bundled == 1 ? change.committed() : notPlaced(t.attempt(), t.token());
  }

  private static Commit notPlaced(AttemptId attempt, long token) {
    return Steps.conflict("attempt " + attempt + " is not placed with token " + token);
  }

  static Commit stage(Change change, StageAttempt t) throws SQLException {
    Session session = change.session();
    int staged =
        session.update(
            "UPDATE attempts SET state = 'STAGED', staged_at = ? WHERE tenant = ? AND job = ?"
                + " AND number = ? AND token = ? AND state = 'PLACED'",
            t.at(),
            t.tenant(),
            t.attempt().job(),
            t.attempt().number(),
            t.token());
    if (staged == 0) {
      return notPlaced(t.attempt(), t.token());
    }
    Job job = JobReads.one(session, t.tenant(), t.attempt().job()).orElseThrow();
    new JobChange(job).to(JobState.STAGED, job.reason()).keep(change, t.at());
    change.tell(job, JobState.STAGED, t.attempt().number(), "staged", t.at());
    return change.committed();
  }

  static Commit claim(Change change, ClaimAttempt t) throws SQLException {
    Session session = change.session();
    Optional<Attempt> found = AttemptReads.one(session, t.tenant(), t.attempt());
    if (found.isEmpty()) {
      return Steps.conflict("attempt " + t.attempt() + " is not there");
    }
    Attempt attempt = found.get();
    if (attempt.token() != t.token()) {
      return stale(t.attempt(), t.token());
    }
    if (attempt.state() == AttemptState.RUNNING && t.run().equals(attempt.run())) {
      return change.committed();
    }
    if (attempt.state() == AttemptState.RUNNING) {
      return Steps.conflict("attempt " + t.attempt() + " runs as " + attempt.run());
    }
    if (attempt.state() == AttemptState.ENDED) {
      return Steps.conflict("attempt " + t.attempt() + " has ended");
    }
    run(change, t, attempt.provider());
    return change.committed();
  }

  private static void run(Change change, ClaimAttempt t, ProviderId provider) throws SQLException {
    Session session = change.session();
    session.update(
        "UPDATE attempts SET state = 'RUNNING', run = ?, claimed_at = ?"
            + " WHERE tenant = ? AND job = ? AND number = ?",
        t.run(),
        t.at(),
        t.tenant(),
        t.attempt().job(),
        t.attempt().number());
    session.update(
        "UPDATE leases SET run = ?, hard_limit = ? WHERE token = ?",
        t.run(),
        t.hardLimit(),
        t.token());
    Job job = JobReads.one(session, t.tenant(), t.attempt().job()).orElseThrow();
    new JobChange(job).to(JobState.RUNNING, job.reason()).keep(change, t.at());
    change.tell(job, JobState.RUNNING, t.attempt().number(), "running on " + provider, t.at());
  }

  /** One row by its key: many runs renew often. */
  static Commit renew(Change change, RenewLease t) throws SQLException {
    int renewed =
        change
            .session()
            .update(
                "UPDATE leases SET counter = ? WHERE token = ? AND tenant = ? AND job = ?"
                    + " AND number = ? AND run = ? AND state = 'HELD' AND counter < ?",
                t.counter(),
                t.token(),
                t.tenant(),
                t.attempt().job(),
                t.attempt().number(),
                t.run(),
                t.counter());
    return renewed == 1
        ? change.committed()
        : Steps.conflict(
            "lease %d is not held by run %s of attempt %s, or its counter is not below %d"
                .formatted(t.token(), t.run(), t.attempt(), t.counter()));
  }

  static Commit stale(AttemptId attempt, long token) {
    return Steps.conflict("token " + token + " is not attempt " + attempt + "'s");
  }
}
