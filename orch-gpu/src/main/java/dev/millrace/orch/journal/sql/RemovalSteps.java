package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.FinishRemoval;
import dev.millrace.orch.journal.Transition.JobRef;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** What retention takes from jobs that have ended. */
final class RemovalSteps {
  /** Children first. */
  private static final List<String> DETAILS =
      List.of(
          "DELETE FROM lease_slices WHERE token IN"
              + " (SELECT token FROM leases WHERE tenant = ? AND job = ?)",
          "DELETE FROM leases WHERE tenant = ? AND job = ?",
          "DELETE FROM outbox WHERE tenant = ? AND job = ?",
          "DELETE FROM late_receipts WHERE tenant = ? AND job = ?",
          "DELETE FROM attempts WHERE tenant = ? AND job = ?",
          "DELETE FROM timeline WHERE tenant = ? AND job = ?");

  private RemovalSteps() {}

  static Commit begin(Change change, BeginRemoval t) throws SQLException {
    int taken = 0;
    for (JobRef job : t.jobs()) {
      taken +=
          change
              .session()
              .update(
                  "UPDATE jobs SET kept = ?, removing = 1, removed_at = ?"
                      + " WHERE tenant = ? AND id = ? AND "
                      + RemovalReads.TERMINAL
                      + " AND kept > ?"
                      + RemovalReads.OLD
                      + RemovalReads.SETTLED,
                  RemovalReads.level(t.kept()),
                  t.at(),
                  job.tenant(),
                  job.id(),
                  RemovalReads.level(t.kept()),
                  t.before(),
                  t.before(),
                  t.before());
    }
    return taken == 0 ? Steps.conflict("none of these jobs may be removed") : change.committed();
  }

  static Commit finish(Change change, FinishRemoval t) throws SQLException {
    int taken = 0;
    for (JobRef job : t.jobs()) {
      int one =
          change
              .session()
              .update(
                  "UPDATE jobs SET removing = 0"
                      + " WHERE tenant = ? AND id = ? AND removing = 1 AND kept = ?",
                  job.tenant(),
                  job.id(),
                  RemovalReads.level(t.kept()));
      if (one == 1 && t.kept() == Kept.IDENTITY) {
        for (String rows : DETAILS) {
          change.session().update(rows, job.tenant(), job.id());
        }
      }
      taken += one;
    }
    return taken == 0 ? Steps.conflict("none of these jobs is being removed") : change.committed();
  }

  /**
   * The clock's goes back where it is told to: that makes things younger. What is gone stays so.
   */
  static Commit mark(Change change, Mark mark, Instant at) throws SQLException {
    String kept =
        mark == Mark.CLOCK
            ? "excluded.at"
            : "CASE WHEN excluded.at > retention.at THEN excluded.at ELSE retention.at END";
    change
        .session()
        .update(
            "INSERT INTO retention (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = "
                + kept,
            mark,
            at);
    return change.committed();
  }
}
