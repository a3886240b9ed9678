package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.StoreId;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is asked of functions. */
final class FunctionReads {
  private static final String SELECT =
      "SELECT f.tenant, f.name, f.revision, f.spec, f.files, f.deployed_at FROM functions f ";

  /** A function's newest revision, and whether it takes jobs. */
  record Head(int revision, boolean deployed) {}

  private FunctionReads() {}

  private static DeployedFunction function(Row row) throws SQLException {
    FunctionRef ref = new FunctionRef(new TenantId(row.text()), new FunctionName(row.text()));
    int revision = row.integer();
    try {
      return new DeployedFunction(
          ref,
          revision,
          Json.read(row.text(), FunctionSpec.class),
          Json.readList(row.text().getBytes(StandardCharsets.UTF_8), FunctionFile.class),
          row.instant());
    } catch (MalformedJson e) {
      throw new SQLException(
          "revision " + revision + " of " + ref + " cannot be read: " + e.getMessage(), e);
    }
  }

  static List<DeployedFunction> deployed(Session session) throws SQLException {
    return session.all(
        SELECT
            + "JOIN function_heads h ON h.tenant = f.tenant AND h.name = f.name"
            + " AND h.revision = f.revision WHERE h.deployed = 1 ORDER BY f.tenant, f.name",
        FunctionReads::function);
  }

  static Optional<DeployedFunction> one(Session session, FunctionRef ref, int revision)
      throws SQLException {
    return session.first(
        SELECT + "WHERE f.tenant = ? AND f.name = ? AND f.revision = ?",
        FunctionReads::function,
        ref.tenant(),
        ref.name(),
        revision);
  }

  static Optional<Head> head(Session session, FunctionRef ref) throws SQLException {
    return session.first(
        "SELECT revision, deployed FROM function_heads WHERE tenant = ? AND name = ?",
        row -> new Head(row.integer(), row.flag()),
        ref.tenant(),
        ref.name());
  }

  /** Its newest revision's number, 0 where there never was one. */
  static int newest(Session session, FunctionRef ref) throws SQLException {
    return head(session, ref).map(Head::revision).orElse(0);
  }

  static boolean removed(Session session, FunctionRef ref) throws SQLException {
    return head(session, ref).filter(head -> !head.deployed()).isPresent();
  }

  static long deploys(Session session) throws SQLException {
    return Numbers.read(session, Numbers.DEPLOYS);
  }

  static Map<TenantId, Long> tenantDeploys(Session session) throws SQLException {
    record Count(String name, long value) {}
    Map<TenantId, Long> counts = new HashMap<>();
    for (Count count :
        session.all(
            "SELECT name, value FROM counters WHERE name LIKE '" + Numbers.DEPLOYS_OF + "%'",
            row -> new Count(row.text(), row.number()))) {
      counts.put(new TenantId(count.name().substring(Numbers.DEPLOYS_OF.length())), count.value());
    }
    return counts;
  }

  static List<StartMark> startMarks(Session session, FunctionRef ref) throws SQLException {
    return session.all(
        "SELECT store, bucket, since, object_keys FROM start_marks"
            + " WHERE tenant = ? AND function = ? ORDER BY store, bucket",
        FunctionReads::mark,
        ref.tenant(),
        ref.name());
  }

  private static StartMark mark(Row row) throws SQLException {
    StoreId store = new StoreId(row.text());
    String bucket = row.text();
    try {
      return new StartMark(
          store,
          bucket,
          row.instant(),
          new HashSet<>(Json.readList(row.text().getBytes(StandardCharsets.UTF_8), String.class)));
    } catch (MalformedJson e) {
      throw new SQLException(
          "the start mark of " + store + "/" + bucket + " cannot be read: " + e.getMessage(), e);
    }
  }
}
