package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** How many jobs entered and left each state; kept once a batch, so that counting jobs is cheap. */
final class StateCounts {
  private record Cell(TenantId tenant, JobState state) {}

  private final Map<Cell, Long> changes = new HashMap<>();

  void entered(TenantId tenant, JobState state) {
    changes.merge(new Cell(tenant, state), 1L, Long::sum);
  }

  void left(TenantId tenant, JobState state) {
    changes.merge(new Cell(tenant, state), -1L, Long::sum);
  }

  void add(StateCounts other) {
    other.changes.forEach((cell, by) -> changes.merge(cell, by, Long::sum));
  }

  void keep(Session session) throws SQLException {
    for (Map.Entry<Cell, Long> change : changes.entrySet()) {
      if (change.getValue() != 0) {
        session.update(
            "INSERT INTO job_counts (tenant, state, jobs) VALUES (?, ?, ?)"
                + " ON CONFLICT (tenant, state) DO UPDATE SET jobs = job_counts.jobs + excluded.jobs",
            change.getKey().tenant(),
            change.getKey().state(),
            change.getValue());
      }
    }
  }
}
