package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.journal.PassingRow;
import dev.millrace.orch.journal.Transition.ForgetPassing;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Rows that nothing asks for any more: how they are found and removed. */
final class PassingRows {
  private static final String ATTEMPT =
      " JOIN attempts a ON a.tenant = x.tenant AND a.job = x.job AND a.number = x.number";

  /** By both: what ended while the clock was behind began later. */
  private static final String OVER = " AND a.ended_at <= ? AND a.placed_at <= ?";

  private static final String NOTICES =
      "SELECT x.id, x.received_at, x.decided_at FROM notices x WHERE x.id > ?"
          + " ORDER BY x.id LIMIT ?";
  private static final String LEASES =
      "SELECT x.token, a.placed_at, CASE WHEN x.state = 'FREE' THEN a.ended_at END FROM leases x"
          + ATTEMPT
          + " WHERE x.token > ? ORDER BY x.token LIMIT ?";
  private static final String ENTRIES =
      "SELECT x.id, a.placed_at, CASE WHEN x.settled = 1 THEN a.ended_at END FROM outbox x"
          + ATTEMPT
          + " WHERE x.id > ? ORDER BY x.id LIMIT ?";

  private PassingRows() {}

  static List<PassingRow> page(Session session, Passing what, long after, int max)
      throws SQLException {
    String sql =
        switch (what) {
          case NOTICES -> NOTICES;
          case LEASES -> LEASES;
          case ENTRIES -> ENTRIES;
        };
    return session.all(
        sql, row -> new PassingRow(row.number(), row.instant(), row.instantOrNull()), after, max);
  }

  static long count(Session session, Passing what, Instant before, int max) throws SQLException {
    String sql =
        switch (what) {
          case NOTICES -> "notices x WHERE x.decided_at <= ? AND x.received_at <= ?";
          case LEASES -> "leases x" + ATTEMPT + " WHERE x.state = 'FREE'" + OVER;
          case ENTRIES -> "outbox x" + ATTEMPT + " WHERE x.settled = 1" + OVER;
        };
    return session
        .first(
            "SELECT count(*) FROM (SELECT 1 AS one FROM " + sql + " LIMIT ?) AS counted",
            Row::number,
            before,
            before,
            max)
        .orElse(0L);
  }

  static Commit forget(Change change, ForgetPassing t) throws SQLException {
    for (long number : t.numbers()) {
      switch (t.what()) {
        case NOTICES ->
            change
                .session()
                .update(
                    "DELETE FROM notices WHERE id = ? AND decided_at <= ? AND received_at <= ?",
                    number,
                    t.before(),
                    t.before());
        case LEASES -> lease(change.session(), number, t.before());
        case ENTRIES ->
            change
                .session()
                .update(
                    "DELETE FROM outbox WHERE id = ? AND settled = 1" + ended("outbox"),
                    number,
                    t.before(),
                    t.before());
      }
    }
    return t.what() == Passing.NOTICES
        ? RemovalSteps.mark(change, Mark.NOTICES, t.before())
        : change.committed();
  }

  private static void lease(Session session, long token, Instant before) throws SQLException {
    String which = "SELECT token FROM leases WHERE token = ? AND state = 'FREE'" + ended("leases");
    session.update(
        "DELETE FROM lease_slices WHERE token IN (" + which + ")", token, before, before);
    session.update("DELETE FROM leases WHERE token IN (" + which + ")", token, before, before);
  }

  private static String ended(String table) {
    return " AND EXISTS (SELECT 1 FROM attempts a WHERE a.tenant = %1$s.tenant AND a.job = %1$s.job"
            .formatted(table)
        + " AND a.number = %1$s.number".formatted(table)
        + OVER
        + ")";
  }
}
