package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Job;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose turn it is beside some functions, and who waits at all. Each function is read along an
 * index of its own jobs, and these are merged: whoever is not asked for costs one seek, however
 * long its queue is.
 */
final class TurnReads {
  /**
   * How many functions one statement merges at most. It is this or a smaller power of two, so that
   * few statements are kept.
   */
  private static final int MERGED = 32;

  private static final Comparator<Job> TURN =
      Comparator.comparingInt(Job::priority).reversed().thenComparingLong(Job::admission);

  private TurnReads() {}

  static List<Job> beside(Session session, Instant now, Set<FunctionRef> beside, int max)
      throws SQLException {
    List<FunctionRef> others = waiting(session);
    others.removeAll(beside);
    List<Job> found = new ArrayList<>();
    int from = 0;
    while (from < others.size()) {
      int to = from + Math.min(MERGED, Integer.highestOneBit(others.size() - from));
      found.addAll(merged(session, now, others.subList(from, to), max));
      from = to;
    }
    found.sort(TURN);
    return List.copyOf(found.subList(0, Math.min(max, found.size())));
  }

  /** One seek for each function. */
  static Set<FunctionRef> waitedFor(Session session, Set<FunctionRef> functions)
      throws SQLException {
    Set<FunctionRef> found = new HashSet<>();
    for (FunctionRef function : functions) {
      session
          .first(
              "SELECT tenant, function FROM jobs"
                  + session.dialect().by("jobs_turn")
                  + " WHERE tenant = ? AND function = ? AND state = 'WAITING' LIMIT 1",
              TurnReads::function,
              function.tenant(),
              function.name())
          .ifPresent(found::add);
    }
    return found;
  }

  private static List<Job> merged(
      Session session, Instant now, List<FunctionRef> functions, int max) throws SQLException {
    String one =
        JobReads.SELECT
            + session.dialect().by("jobs_turn")
            + " WHERE tenant = ? AND function = ? AND state = 'WAITING' AND not_before <= ?";
    List<Object> values = new ArrayList<>();
    for (FunctionRef function : functions) {
      values.addAll(List.of(function.tenant(), function.name(), now));
    }
    values.add(max);
    return session.all(
        String.join(" UNION ALL ", Collections.nCopies(functions.size(), one))
            + " ORDER BY priority DESC, admission LIMIT ?",
        JobReads::job,
        values.toArray());
  }

  /** The functions that any job waits for: a seek from one to the next. */
  private static List<FunctionRef> waiting(Session session) throws SQLException {
    List<FunctionRef> functions = new ArrayList<>();
    Optional<FunctionRef> next = firstAfter(session, "");
    while (next.isPresent()) {
      FunctionRef function = next.get();
      functions.add(function);
      next = nextOf(session, function);
      if (next.isEmpty()) {
        next = firstAfter(session, function.tenant().value());
      }
    }
    return functions;
  }

  private static Optional<FunctionRef> firstAfter(Session session, String tenant)
      throws SQLException {
    return session.first(waiting(session.dialect(), "tenant > ?"), TurnReads::function, tenant);
  }

  /** Not by a comparison of pairs: SQLite passes over all jobs of the function then. */
  private static Optional<FunctionRef> nextOf(Session session, FunctionRef function)
      throws SQLException {
    return session.first(
        waiting(session.dialect(), "tenant = ? AND function > ?"),
        TurnReads::function,
        function.tenant(),
        function.name());
  }

  private static String waiting(Dialect dialect, String after) {
    return "SELECT tenant, function FROM jobs"
        + dialect.by("jobs_turn")
        + " WHERE state = 'WAITING' AND "
        + after
        + " ORDER BY tenant, function LIMIT 1";
  }

  private static FunctionRef function(Row row) throws SQLException {
    return new FunctionRef(new TenantId(row.text()), new FunctionName(row.text()));
  }
}
