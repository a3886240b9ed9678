package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Jobs as a table that goes on page by page, in the columns of its first page or wider. */
final class JobTable {
  private final Instant now;
  private final Table table =
      new Table(
          Table.Column.left("JOB"),
          Table.Column.left("STATE"),
          Table.Column.flexible("FUNCTION").spare(3),
          Table.Column.right("AGE").spare(2),
          Table.Column.right("TRY").spare(1),
          Table.Column.flexible("INPUT"));
  private final List<String> last = new ArrayList<>();

  JobTable(Instant now) {
    this.now = now;
  }

  /** Prints a page below those before it. */
  void print(List<JobRow> jobs, Terminal terminal) {
    List<String> neighbours = new ArrayList<>(last);
    jobs.forEach(job -> neighbours.add(job.id().value()));
    ShortIds ids = ShortIds.of(neighbours);
    for (JobRow job : jobs) {
      table.row(
          ids.of(job.id().value()),
          Table.Cell.state(job.state()),
          job.function(),
          Words.age(job.admittedAt(), now),
          job.attempts(),
          job.input().key());
    }
    last.clear();
    last.add(jobs.getLast().id().value());
    table.print(terminal);
  }
}
