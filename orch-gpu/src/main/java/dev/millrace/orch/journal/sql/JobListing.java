package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The query for a page of jobs, newest first. Each state asked for is a query of its own along an
 * index, and their pages are merged: a list of states has no index that is in the order of ids, so
 * that a page of two rare states would otherwise read every job.
 */
final class JobListing {
  /** Up to so many jobs of a state are read faster than all of a function's or a bucket's. */
  private static final long FEW = 5_000;

  private final UnaryOperator<String> by;
  private final TenantId tenant;
  private final JobFilter filter;
  private final List<Object> values = new ArrayList<>();

  private JobListing(UnaryOperator<String> by, TenantId tenant, JobFilter filter) {
    this.by = by;
    this.tenant = tenant;
    this.filter = filter;
  }

  static List<Job> page(Session session, TenantId tenant, JobFilter filter) throws SQLException {
    boolean narrow = !filter.states().isEmpty() && isNarrowed(filter);
    Map<JobState, Long> counts = narrow ? JobReads.counts(session, tenant) : Map.of();
    JobListing listing = new JobListing(session.dialect()::by, tenant, filter);
    String sql = listing.sql(counts);
    return session.all(sql, JobReads::job, listing.values.toArray());
  }

  /** The statement of a page, where there are so many jobs in each state. */
  static String sql(
      UnaryOperator<String> by, TenantId tenant, JobFilter filter, Map<JobState, Long> counts) {
    return new JobListing(by, tenant, filter).sql(counts);
  }

  private static boolean isNarrowed(JobFilter filter) {
    return filter.function() != null || filter.input() != null;
  }

  private static boolean isOneObject(JobFilter filter) {
    JobFilter.Input input = filter.input();
    return input != null && input.key() != null;
  }

  /** The statement; its values are in {@link #values} then. */
  private String sql(Map<JobState, Long> counts) {
    List<JobState> states = filter.states().stream().sorted().toList();
    if (states.isEmpty()) {
      return branch("", List.of());
    }
    List<String> branches = new ArrayList<>();
    for (JobState state : states) {
      boolean byState =
          !isNarrowed(filter) || (!isOneObject(filter) && counts.getOrDefault(state, 0L) <= FEW);
      branches.add(branch(byState ? by.apply("jobs_tenant_state") : "", List.of(state)));
    }
    if (branches.size() == 1) {
      return branches.getFirst();
    }
    values.add(filter.max());
    return "SELECT * FROM ("
        + String.join(") AS part UNION ALL SELECT * FROM (", branches)
        + ") AS part ORDER BY id DESC LIMIT ?";
  }

  private String branch(String along, List<JobState> state) {
    StringBuilder sql =
        new StringBuilder(JobReads.SELECT).append(along).append(" WHERE tenant = ?");
    values.add(tenant);
    for (JobState one : state) {
      sql.append(" AND state = ?");
      values.add(one);
    }
    FunctionName function = filter.function();
    if (function != null) {
      sql.append(" AND function = ?");
      values.add(function);
    }
    JobFilter.Input input = filter.input();
    if (input != null) {
      sql.append(" AND bucket = ? AND store = ?");
      values.addAll(List.of(input.bucket(), input.store()));
      String key = input.key();
      if (key != null) {
        sql.append(" AND object_key = ?");
        values.add(key);
      }
    }
    JobId before = filter.before();
    if (before != null) {
      sql.append(" AND id < ?");
      values.add(before);
    }
    values.add(filter.max());
    return sql.append(" ORDER BY id DESC LIMIT ?").toString();
  }
}
