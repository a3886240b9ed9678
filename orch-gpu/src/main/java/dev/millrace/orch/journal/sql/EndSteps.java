package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Transition.EndAttempt;
import dev.millrace.orch.journal.Transition.KeepLateReceipt;
import dev.millrace.orch.journal.Transition.SettleOutbox;
import dev.millrace.orch.journal.Transition.TakeOutbox;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;

/** The end of an attempt: its lease, its job's next state and its ledger entry, all at once. */
final class EndSteps {
  private static final String LOST = "lost";

  private EndSteps() {}

  static Commit end(Change change, EndAttempt t) throws SQLException {
    Session session = change.session();
    Optional<Job> job = JobReads.one(session, t.tenant(), t.attempt().job());
    Optional<Attempt> attempt = AttemptReads.one(session, t.tenant(), t.attempt());
    if (job.isEmpty() || attempt.isEmpty()) {
      return Steps.conflict("attempt " + t.attempt() + " is not there");
    }
    if (attempt.get().token() != t.token()) {
      return AttemptSteps.stale(t.attempt(), t.token());
    }
    if (attempt.get().state() == AttemptState.ENDED
        || job.get().attempts() != t.attempt().number()) {
      return Steps.conflict("attempt " + t.attempt() + " has ended");
    }
    if (!Objects.equals(attempt.get().run(), t.run())) {
      return Steps.conflict("attempt " + t.attempt() + " was claimed by " + claimer(attempt.get()));
    }
    if (!t.entry().attempt().equals(t.attempt())) {
      throw new IllegalArgumentException(
          "the ledger entry is of attempt " + t.entry().attempt() + ", not " + t.attempt());
    }
    endAttempt(session, t);
    endLease(session, t);
    enqueue(change, t, attempt.get().provider());
    moveOn(change, job.get(), t);
    return change.committed();
  }

  private static String claimer(Attempt attempt) {
    return attempt.run() == null ? "no run" : "run " + attempt.run();
  }

  private static void endAttempt(Session session, EndAttempt t) throws SQLException {
    session.update(
        "UPDATE attempts SET state = 'ENDED', ended_at = ?, outcome = ?, exit_code = ?,"
            + " reason = ?, manifest = ? WHERE tenant = ? AND job = ? AND number = ?",
        t.at(),
        t.outcome(),
        t.exitCode(),
        t.reason(),
        t.manifest(),
        t.tenant(),
        t.attempt().job(),
        t.attempt().number());
  }

  private static void endLease(Session session, EndAttempt t) throws SQLException {
    switch (t.lease()) {
      case LeaseEnd.Free() -> {
        setLease(session, t.token(), LeaseState.FREE, t.reason());
        PlacementSteps.release(session, t.token());
      }
      case LeaseEnd.Quarantine(String reason) ->
          setLease(session, t.token(), LeaseState.QUARANTINED, reason);
    }
  }

  private static void setLease(Session session, long token, LeaseState state, String reason)
      throws SQLException {
    session.update("UPDATE leases SET state = ?, reason = ? WHERE token = ?", state, reason, token);
  }

  /** For the ledger that has the provider's other entries: its receipts are a chain. */
  private static void enqueue(Change change, EndAttempt t, ProviderId provider)
      throws SQLException {
    change
        .session()
        .update(
            "INSERT INTO outbox (id, tenant, job, number, entry, settled, ledger)"
                + " VALUES (?, ?, ?, ?, ?, 0,"
                + " coalesce((SELECT ledger FROM providers WHERE id = ?), ''))",
            change.numbers().next(Numbers.OUTBOX, 1),
            t.tenant(),
            t.attempt().job(),
            t.attempt().number(),
            Json.text(t.entry()),
            provider);
  }

  /** A claimed run that ended by no fault of its function, told or not. */
  private static boolean loss(EndAttempt t) {
    return t.outcome().equals(LOST)
        || t.run() != null && t.next() instanceof Next.Retry retry && !retry.failure();
  }

  private static void moveOn(Change change, Job job, EndAttempt t) throws SQLException {
    int losses = job.losses() + (loss(t) ? 1 : 0);
    JobChange moved = new JobChange(job).losses(losses);
    switch (afterAll(change.session(), job, t.next())) {
      case Next.Produced() -> {
        moved.to(JobState.PRODUCED, null).keep(change, t.at());
        change.tell(job, JobState.PRODUCED, t.attempt().number(), "produced", t.at());
      }
      case Next.Retry retry -> {
        moved
            .to(JobState.WAITING, retry.reason())
            .notBefore(retry.notBefore())
            .failures(job.failures() + (retry.failure() ? 1 : 0))
            .keep(change, t.at());
        change.tell(
            job,
            JobState.WAITING,
            t.attempt().number(),
            "waits for another try: " + retry.reason(),
            t.at());
      }
      case Next.Ended(JobState state, String reason) -> {
        boolean failure = state == JobState.DEAD && !t.outcome().equals(LOST);
        moved.to(state, reason).failures(job.failures() + (failure ? 1 : 0)).keep(change, t.at());
        change.tell(job, state, t.attempt().number(), state.label() + ": " + reason, t.at());
      }
    }
  }

  /** No other try for a job that was asked to stop meanwhile, or whose function is gone. */
  private static Next afterAll(Session session, Job job, Next wanted) throws SQLException {
    if (!(wanted instanceof Next.Retry)) {
      return wanted;
    }
    if (job.cancelRequested()) {
      String reason = job.reason();
      return new Next.Ended(JobState.CANCELLED, reason == null ? "asked to stop" : reason);
    }
    return FunctionReads.removed(session, job.function())
        ? new Next.Ended(JobState.CANCELLED, "its function was removed")
        : wanted;
  }

  static Commit take(Change change, TakeOutbox t) throws SQLException {
    for (long id : t.ids()) {
      change
          .session()
          .update("UPDATE outbox SET ledger = ? WHERE id = ? AND ledger = ''", t.ledger(), id);
    }
    return change.committed();
  }

  static Commit settle(Change change, SettleOutbox t) throws SQLException {
    for (long id : t.ids()) {
      change.session().update("UPDATE outbox SET settled = 1 WHERE id = ?", id);
    }
    return change.committed();
  }

  static Commit keepLate(Change change, KeepLateReceipt t) throws SQLException {
    boolean ended =
        AttemptReads.one(change.session(), t.tenant(), t.attempt())
            .filter(attempt -> attempt.state() == AttemptState.ENDED)
            .isPresent();
    if (!ended) {
      return Steps.conflict("attempt " + t.attempt() + " has not ended: no receipt is late");
    }
    change
        .session()
        .update(
            "INSERT INTO late_receipts (tenant, job, number, sha256, manifest, at)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            t.tenant(),
            t.attempt().job(),
            t.attempt().number(),
            Hex.of(Hex.sha256(t.manifest().line().getBytes(StandardCharsets.UTF_8))),
            t.manifest(),
            t.at());
    return change.committed();
  }
}
