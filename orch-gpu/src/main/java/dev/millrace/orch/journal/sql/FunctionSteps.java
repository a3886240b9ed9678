package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.Transition.Deploy;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** Functions come in revisions and go. */
final class FunctionSteps {
  private FunctionSteps() {}

  static Commit deploy(Change change, Deploy t) throws SQLException {
    long deploys = change.numbers().now(Numbers.DEPLOYS);
    if (deploys != t.deploys()) {
      return Steps.conflict(
          "another deploy came between: it was number %d, now it is %d"
              .formatted(t.deploys(), deploys));
    }
    Set<TenantId> tenants = new HashSet<>();
    for (DeployFunction function : t.functions()) {
      if (add(change, function) instanceof Commit.Conflict conflict) {
        return conflict;
      }
      tenants.add(function.function().ref().tenant());
    }
    for (KeepSecret secret : t.secrets()) {
      if (SecretRows.keep(change, secret) instanceof Commit.Conflict conflict) {
        return conflict;
      }
    }
    count(change, tenants);
    return change.committed();
  }

  static Commit deploy(Change change, DeployFunction t) throws SQLException {
    Commit commit = add(change, t);
    if (commit instanceof Commit.Committed) {
      count(change, Set.of(t.function().ref().tenant()));
    }
    return commit;
  }

  /** By this every coordinator sees that what it knows of functions is old. */
  private static void count(Change change, Set<TenantId> tenants) throws SQLException {
    if (!tenants.isEmpty()) {
      change.numbers().next(Numbers.DEPLOYS, 1);
    }
    for (TenantId tenant : tenants) {
      change.numbers().next(Numbers.DEPLOYS_OF + tenant, 1);
    }
  }

  private static Commit add(Change change, DeployFunction t) throws SQLException {
    Session session = change.session();
    DeployedFunction function = t.function();
    int newest = FunctionReads.newest(session, function.ref());
    if (function.revision() != newest + 1) {
      return Steps.conflict(
          "function %s is at revision %d, %d does not follow"
              .formatted(function.ref(), newest, function.revision()));
    }
    session.update(
        "INSERT INTO functions (tenant, name, revision, spec, files, deployed_at)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        function.ref().tenant(),
        function.ref().name(),
        function.revision(),
        Json.text(function.spec()),
        Json.text(function.files()),
        function.deployedAt());
    session.update(
        "INSERT INTO function_heads (tenant, name, revision, deployed) VALUES (?, ?, ?, 1)"
            + " ON CONFLICT (tenant, name)"
            + " DO UPDATE SET revision = excluded.revision, deployed = 1",
        function.ref().tenant(),
        function.ref().name(),
        function.revision());
    for (StartMark mark : t.marks()) {
      keep(session, function.ref(), mark);
    }
    return change.committed();
  }

  private static void keep(Session session, FunctionRef function, StartMark mark)
      throws SQLException {
    int kept =
        session.update(
            "INSERT INTO start_marks (tenant, function, store, bucket, since, object_keys)"
                + " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, function, store, bucket)"
                + " DO UPDATE SET since = excluded.since, object_keys = excluded.object_keys"
                + " WHERE excluded.since < start_marks.since",
            function.tenant(),
            function.name(),
            mark.store(),
            mark.bucket(),
            mark.second(),
            Json.text(mark.keys()));
    if (kept == 1) {
      // What the listing knew was decided by another mark: it is to be decided again.
      session.update(
          "DELETE FROM aliases WHERE tenant = ? AND function = ? AND store = ? AND bucket = ?",
          function.tenant(),
          function.name(),
          mark.store(),
          mark.bucket());
    }
  }

  /** Its start marks go with it: deployed again, it begins anew. */
  static Commit remove(Change change, RemoveFunction t) throws SQLException {
    Session session = change.session();
    FunctionRef function = t.function();
    int removed =
        session.update(
            "UPDATE function_heads SET deployed = 0"
                + " WHERE tenant = ? AND name = ? AND deployed = 1",
            function.tenant(),
            function.name());
    if (removed == 0) {
      return Steps.conflict("function " + function + " is not deployed");
    }
    session.update(
        "DELETE FROM start_marks WHERE tenant = ? AND function = ?",
        function.tenant(),
        function.name());
    count(change, Set.of(function.tenant()));
    for (Job job :
        session.all(
            JobReads.SELECT + "WHERE tenant = ? AND function = ? AND state = 'WAITING'",
            JobReads::job,
            function.tenant(),
            function.name())) {
      JobSteps.move(change, job, JobState.CANCELLED, "its function was removed", t.at());
    }
    return change.committed();
  }
}
