package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.Removal;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of jobs that have ended, for retention. */
final class RemovalReads {
  /** As the index has it, word for word. */
  static final String TERMINAL =
      "kept > 0 AND state IN"
          + " ('SUCCEEDED', 'CANCELLED', 'DISCARDED', 'SUPERSEDED', 'INPUT_GONE')";

  /** No run of it may still use a device, and the ledger has all of its entries. */
  static final String SETTLED =
      " AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.tenant = jobs.tenant AND l.job = jobs.id"
          + " AND l.state <> 'FREE')"
          + " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.tenant = jobs.tenant"
          + " AND o.job = jobs.id AND o.settled = 0)";

  /**
   * Old enough by all that is known of it: what ended while the clock was behind has an end that is
   * too old, but an admission, and an object with its store's own date, that are not.
   */
  static final String OLD = " AND updated_at <= ? AND admitted_at <= ? AND last_modified <= ?";

  private static final String ENDED = " WHERE " + TERMINAL + " AND kept = ?" + OLD + SETTLED;
  private static final String REMOVALS =
      JobReads.SELECT.replace(" FROM jobs ", ", kept, removed_at, removing FROM jobs ");

  private RemovalReads() {}

  /** As the column has it. */
  static int level(Kept kept) {
    return switch (kept) {
      case IDENTITY -> 0;
      case NO_LOGS -> 1;
      case ALL -> 2;
    };
  }

  private static Kept kept(int level) throws SQLException {
    return switch (level) {
      case 0 -> Kept.IDENTITY;
      case 1 -> Kept.NO_LOGS;
      case 2 -> Kept.ALL;
      default -> throw new SQLException("of a job is kept 0, 1 or 2, found: " + level);
    };
  }

  static List<Job> ended(Session session, Kept kept, Instant before, @Nullable Job after, int max)
      throws SQLException {
    String from = JobReads.SELECT + session.dialect().by("jobs_ended") + ENDED;
    String order = " ORDER BY updated_at, id LIMIT ?";
    if (after == null) {
      return session.all(from + order, JobReads::job, level(kept), before, before, before, max);
    }
    return session.all(
        from + " AND updated_at >= ? AND (updated_at > ? OR id > ?)" + order,
        JobReads::job,
        level(kept),
        before,
        before,
        before,
        after.updatedAt(),
        after.updatedAt(),
        after.id(),
        max);
  }

  static long endedCount(Session session, Kept kept, Instant before, int max) throws SQLException {
    return first(session, "count(*)", "1 AS one", kept, before, max);
  }

  static long endedBytes(Session session, Kept kept, Instant before, int max) throws SQLException {
    String bytes =
        "(SELECT sum(length(a.signed_order) + coalesce(length(a.manifest), 0)) FROM attempts a"
            + " WHERE a.tenant = jobs.tenant AND a.job = jobs.id) AS one";
    return first(session, "coalesce(sum(one), 0)", bytes, kept, before, max);
  }

  /** Stops at so many: others wait behind a statement that reads all. */
  private static long first(
      Session session, String all, String one, Kept kept, Instant before, int max)
      throws SQLException {
    String from = " FROM jobs" + session.dialect().by("jobs_ended") + ENDED + " LIMIT ?";
    return session
        .first(
            "SELECT " + all + " FROM (SELECT " + one + from + ") AS counted",
            Row::number,
            level(kept),
            before,
            before,
            before,
            max)
        .orElse(0L);
  }

  private static Removal removal(Row row) throws SQLException {
    return new Removal(JobReads.job(row), kept(row.integer()), row.instant(), row.flag());
  }

  static Optional<Removal> of(Session session, TenantId tenant, JobId job) throws SQLException {
    return session.first(
        REMOVALS + "WHERE tenant = ? AND id = ? AND removed_at IS NOT NULL",
        RemovalReads::removal,
        tenant,
        job);
  }

  static List<Removal> open(Session session, int max) throws SQLException {
    return session.all(
        REMOVALS
            + session.dialect().by("jobs_removing")
            + " WHERE removing = 1 ORDER BY removed_at, id LIMIT ?",
        RemovalReads::removal,
        max);
  }

  static Optional<Instant> mark(Session session, Mark mark) throws SQLException {
    return session.first("SELECT at FROM retention WHERE name = ?", Row::instant, mark);
  }

  static Optional<Instant> latestChange(Session session) throws SQLException {
    return session
        .first("SELECT max(updated_at) FROM jobs", row -> Optional.ofNullable(row.instantOrNull()))
        .flatMap(found -> found);
  }
}
