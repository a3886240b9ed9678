package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.TimelineEntry;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is asked of jobs. */
final class JobReads {
  static final String SELECT =
      "SELECT id, tenant, function, state, store, bucket, object_key, version, etag, size,"
          + " last_modified, admission, version_order, depth, priority, admitted_at, not_before,"
          + " attempts, failures, losses, cancel_requested, reason, updated_at FROM jobs ";
  private static final String PUBLISHED =
      "SELECT job, store, bucket, object_key, sha256, size, at FROM published ";

  private JobReads() {}

  static Job job(Row row) throws SQLException {
    return new Job(
        new JobId(row.text()),
        new FunctionRef(new TenantId(row.text()), new FunctionName(row.text())),
        row.one(JobState.class),
        new InputRef(
            objectName(row), VersionTag.parse(row.text()), row.text(), row.number(), row.instant()),
        row.number(),
        row.number(),
        row.integer(),
        row.integer(),
        row.instant(),
        row.instant(),
        row.integer(),
        row.integer(),
        row.integer(),
        row.flag(),
        row.textOrNull(),
        row.instant());
  }

  static ObjectName objectName(Row row) throws SQLException {
    return new ObjectName(new StoreId(row.text()), row.text(), row.text());
  }

  static Optional<Job> one(Session session, TenantId tenant, JobId id) throws SQLException {
    return session.first(SELECT + "WHERE tenant = ? AND id = ?", JobReads::job, tenant, id);
  }

  static String marks(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  static Map<JobState, Long> counts(Session session, TenantId tenant) throws SQLException {
    record Count(JobState state, long jobs) {}
    Map<JobState, Long> counts = new EnumMap<>(JobState.class);
    for (Count count :
        session.all(
            "SELECT state, jobs FROM job_counts WHERE tenant = ? AND jobs > 0",
            row -> new Count(row.one(JobState.class), row.number()),
            tenant)) {
      counts.put(count.state(), count.jobs());
    }
    return counts;
  }

  static List<Job> plannable(Session session, Instant now, Set<FunctionRef> beside, int max)
      throws SQLException {
    if (!beside.isEmpty()) {
      return TurnReads.beside(session, now, beside, max);
    }
    return session.all(
        SELECT
            + session.dialect().by("jobs_plannable")
            + " WHERE state = 'WAITING' AND not_before <= ?"
            + " ORDER BY priority DESC, admission LIMIT ?",
        JobReads::job,
        now,
        max);
  }

  /** One seek along an index for each function. */
  static List<Job> longestWaiting(
      Session session, Instant now, Set<FunctionRef> functions, int each) throws SQLException {
    List<Job> found = new ArrayList<>();
    for (FunctionRef function : functions) {
      found.addAll(
          session.all(
              SELECT
                  + session.dialect().by("jobs_waiting")
                  + " WHERE tenant = ? AND function = ? AND state = 'WAITING' AND not_before <= ?"
                  + " ORDER BY not_before, admission LIMIT ?",
              JobReads::job,
              function.tenant(),
              function.name(),
              now,
              each));
    }
    return found;
  }

  static Optional<Instant> nextPlannable(Session session, Instant now) throws SQLException {
    return session.first(
        "SELECT not_before FROM jobs"
            + session.dialect().by("jobs_not_before")
            + " WHERE state = 'WAITING' AND not_before > ?"
            + " ORDER BY not_before LIMIT 1",
        Row::instant,
        now);
  }

  static List<Job> inStates(Session session, Collection<JobState> states, int max)
      throws SQLException {
    if (states.isEmpty()) {
      return List.of();
    }
    List<Object> values = new ArrayList<>(states);
    values.add(max);
    return session.all(
        SELECT + "WHERE state IN (" + marks(states.size()) + ") ORDER BY admission LIMIT ?",
        JobReads::job,
        values.toArray());
  }

  static List<Job> ofObject(Session session, TenantId tenant, ObjectName object, int max)
      throws SQLException {
    return session.all(
        SELECT
            + "WHERE tenant = ? AND object_key = ? AND bucket = ? AND store = ?"
            + " ORDER BY id DESC LIMIT ?",
        JobReads::job,
        tenant,
        object.key(),
        object.bucket(),
        object.store(),
        max);
  }

  static List<TimelineEntry> timeline(Session session, TenantId tenant, JobId job)
      throws SQLException {
    return session.all(
        "SELECT at, state, attempt, what FROM timeline WHERE tenant = ? AND job = ? ORDER BY step",
        row -> new TimelineEntry(row.instant(), row.one(JobState.class), row.integer(), row.text()),
        tenant,
        job);
  }

  private static PublishedObject published(Row row) throws SQLException {
    return new PublishedObject(
        new JobId(row.text()), objectName(row), row.text(), row.number(), row.instant());
  }

  static List<PublishedObject> publishedAt(Session session, ObjectName name, int max)
      throws SQLException {
    return session.all(
        PUBLISHED + "WHERE object_key = ? AND bucket = ? AND store = ? ORDER BY place DESC LIMIT ?",
        JobReads::published,
        name.key(),
        name.bucket(),
        name.store(),
        max);
  }

  static ObjectTally tally(Session session, TenantId tenant, ObjectName name) throws SQLException {
    String of = "WHERE object_key = ? AND bucket = ? AND store = ?";
    String own = " AND tenant = ?";
    return session
        .all(
            "SELECT (SELECT COUNT(*) FROM notices "
                + of
                + own
                + "),"
                + " (SELECT COUNT(*) FROM jobs "
                + of
                + own
                + "),"
                + " (SELECT COUNT(*) FROM published "
                + of
                + ")",
            row -> new ObjectTally(row.number(), row.number(), row.number()),
            name.key(),
            name.bucket(),
            name.store(),
            tenant,
            name.key(),
            name.bucket(),
            name.store(),
            tenant,
            name.key(),
            name.bucket(),
            name.store())
        .getFirst();
  }

  static List<PublishedObject> publishedBy(Session session, TenantId tenant, JobId job)
      throws SQLException {
    return session.all(
        PUBLISHED + "WHERE tenant = ? AND job = ? ORDER BY place",
        JobReads::published,
        tenant,
        job);
  }

  /** By the index on keys, once for each output. */
  static Map<ObjectName, JobId> overwritten(Session session, TenantId tenant, JobId job)
      throws SQLException {
    record Later(ObjectName name, JobId job) {}
    Map<ObjectName, JobId> found = new HashMap<>();
    for (Later later :
        session.all(
            "SELECT store, bucket, object_key, later FROM (SELECT own.store AS store,"
                + " own.bucket AS bucket, own.object_key AS object_key,"
                + " (SELECT o.job FROM published o WHERE o.object_key = own.object_key"
                + " AND o.bucket = own.bucket AND o.store = own.store AND o.place > own.place"
                + " AND o.tenant = own.tenant AND o.job <> own.job"
                + " ORDER BY o.place DESC LIMIT 1) AS later"
                + " FROM published own WHERE own.tenant = ? AND own.job = ?) AS outputs"
                + " WHERE later IS NOT NULL",
            row -> new Later(objectName(row), new JobId(row.text())),
            tenant,
            job)) {
      found.put(later.name(), later.job());
    }
    return found;
  }
}
