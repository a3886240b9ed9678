package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.orch.journal.Transition.KeepCheckpoint;
import dev.millrace.orch.journal.Transition.Overtaken;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** From a notice to a job. */
final class IntakeSteps {
  private static final String IDENTITY =
      " WHERE tenant = ? AND function = ? AND store = ? AND bucket = ? AND object_key = ?"
          + " AND version = ?";

  /** What an identity's row says. */
  private enum Known {
    NEW,
    /** Recorded as overwritten before it was seen; seen after all, it becomes a job. */
    OVERTAKEN,
    JOB
  }

  private IntakeSteps() {}

  static Commit accept(Change change, AcceptNotices t) throws SQLException {
    for (Notice notice : t.notices()) {
      change
          .session()
          .update(
              "INSERT INTO notices (id, tenant, source, store, bucket, object_key, hint,"
                  + " received_at, alias) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
              change.numbers().next(Numbers.NOTICE, 1),
              t.tenant(),
              notice.source(),
              notice.object().store(),
              notice.object().bucket(),
              notice.object().key(),
              notice.hint(),
              notice.receivedAt(),
              notice.alias());
    }
    return change.committed();
  }

  static Commit decide(Change change, DecideNotice t) throws SQLException {
    long deploys = change.numbers().now(Numbers.DEPLOYS_OF + t.tenant());
    if (deploys != t.deploys()) {
      return Steps.conflict(
          "notice %d was judged by what was deployed before: deploy %d of tenant %s, now it is %d"
              .formatted(t.notice(), t.deploys(), t.tenant(), deploys));
    }
    int closed =
        change
            .session()
            .update(
                "UPDATE notices SET outcome = ?, decided_at = ?"
                    + " WHERE id = ? AND tenant = ? AND decided_at IS NULL",
                t.outcome(),
                t.at(),
                t.notice(),
                t.tenant());
    if (closed == 0) {
      return Steps.conflict("notice " + t.notice() + " is decided already, or was never there");
    }
    for (Admission admission : t.admissions()) {
      admit(change, admission, t.at());
    }
    for (Overtaken overtaken : t.overtaken()) {
      remember(change.session(), overtaken.function(), overtaken.object(), overtaken.version());
    }
    for (FunctionRef function : t.decidedFor()) {
      keepAlias(change.session(), function, t);
    }
    return change.committed();
  }

  private static void keepAlias(Session session, FunctionRef function, DecideNotice t)
      throws SQLException {
    if (t.alias() == null) {
      return;
    }
    session.update(
        "INSERT INTO aliases (tenant, function, store, bucket, object_key, alias, version)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (tenant, function, store, bucket, object_key)"
            + " DO UPDATE SET alias = excluded.alias, version = excluded.version",
        function.tenant(),
        function.name(),
        t.object().store(),
        t.object().bucket(),
        t.object().key(),
        t.alias(),
        t.seen());
  }

  private static void admit(Change change, Admission admission, Instant at) throws SQLException {
    FunctionRef function = admission.function();
    ObjectName object = admission.input().name();
    VersionTag version = admission.input().version();
    Known known = known(change.session(), function, object, version);
    if (known == Known.JOB || FunctionReads.removed(change.session(), function)) {
      return;
    }
    Job job = insert(change, admission, at);
    if (known == Known.NEW) {
      remember(change.session(), function, object, version);
    }
    change
        .session()
        .update(
            "UPDATE identities SET job = ?" + IDENTITY,
            job.id(),
            function.tenant(),
            function.name(),
            object.store(),
            object.bucket(),
            object.key(),
            version);
    change.counts().entered(function.tenant(), job.state());
    String what = admission.refusal().isEmpty() ? "admitted" : "refused: " + admission.refusal();
    change.tell(job, job.state(), 0, what, at);
  }

  private static Known known(
      Session session, FunctionRef function, ObjectName object, VersionTag version)
      throws SQLException {
    Optional<Known> found =
        session.first(
            "SELECT job FROM identities" + IDENTITY,
            row -> row.textOrNull() == null ? Known.OVERTAKEN : Known.JOB,
            function.tenant(),
            function.name(),
            object.store(),
            object.bucket(),
            object.key(),
            version);
    return found.orElse(Known.NEW);
  }

  private static void remember(
      Session session, FunctionRef function, ObjectName object, VersionTag version)
      throws SQLException {
    session.update(
        "INSERT INTO identities (tenant, function, store, bucket, object_key, version)"
            + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        function.tenant(),
        function.name(),
        object.store(),
        object.bucket(),
        object.key(),
        version);
  }

  private static Job insert(Change change, Admission admission, Instant at) throws SQLException {
    boolean refused = !admission.refusal().isEmpty();
    Job job =
        new Job(
            admission.job(),
            admission.function(),
            refused ? JobState.REFUSED : JobState.WAITING,
            admission.input(),
            change.numbers().next(Numbers.ADMISSION, 1),
            admission.versionOrder(),
            admission.depth(),
            admission.priority(),
            at,
            at,
            0,
            0,
            0,
            false,
            refused ? admission.refusal() : null,
            at);
    write(change.session(), job);
    return job;
  }

  private static void write(Session session, Job job) throws SQLException {
    ObjectName object = job.input().name();
    session.update(
        "INSERT INTO jobs (id, tenant, function, state, store, bucket, object_key, version, etag,"
            + " size, last_modified, admission, version_order, depth, priority, admitted_at,"
            + " not_before, attempts, failures, losses, cancel_requested, reason, updated_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?)",
        job.id(),
        job.function().tenant(),
        job.function().name(),
        job.state(),
        object.store(),
        object.bucket(),
        object.key(),
        job.input().version(),
        job.input().eTag(),
        job.input().size(),
        job.input().lastModified(),
        job.admission(),
        job.versionOrder(),
        job.depth(),
        job.priority(),
        job.admittedAt(),
        job.notBefore(),
        job.reason(),
        job.updatedAt());
  }

  static Commit checkpoint(Change change, KeepCheckpoint t) throws SQLException {
    change
        .session()
        .update(
            "INSERT INTO checkpoints (source, place) VALUES (?, ?)"
                + " ON CONFLICT (source) DO UPDATE SET place = excluded.place",
            t.source(),
            t.position());
    return change.committed();
  }
}
