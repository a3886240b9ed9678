package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobRow;
import java.time.Instant;
import java.util.List;

/** Jobs as a table. */
final class JobTable {
  private JobTable() {}

  static Table of(List<JobRow> jobs, Instant now) {
    ShortIds ids = ShortIds.of(jobs.stream().map(j -> j.id().value()).toList());
    Table table =
        new Table(
            Table.Column.left("JOB"),
            Table.Column.left("STATE"),
            Table.Column.flexible("FUNCTION"),
            Table.Column.right("AGE"),
            Table.Column.right("TRY"),
            Table.Column.flexible("INPUT"));
    for (JobRow job : jobs) {
      table.row(
          ids.of(job.id().value()),
          Table.Cell.state(job.state()),
          job.function(),
          Words.age(job.admittedAt(), now),
          job.attempts(),
          job.input().key());
    }
    return table;
  }
}
