package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PipelineEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One step in the making: what it writes with, and what it will have to tell. */
final class Change {
  private final Session session;
  private final Numbers numbers;
  private final StateCounts counts = new StateCounts();
  private final List<PipelineEvent> events = new ArrayList<>();

  Change(Session session, Numbers numbers) {
    this.session = session;
    this.numbers = numbers;
  }

  Session session() {
    return session;
  }

  Numbers numbers() {
    return numbers;
  }

  StateCounts counts() {
    return counts;
  }

  /** Writes a step into the job's timeline and announces it with the commit. */
  void tell(Job job, JobState state, int attempt, String what, Instant at) throws SQLException {
    session.update(
        "INSERT INTO timeline (tenant, job, step, at, state, attempt, what)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        job.function().tenant(),
        job.id(),
        numbers.next(Numbers.STEP, 1),
        at,
        state,
        attempt,
        what);
    events.add(
        new PipelineEvent(
            at, job.function(), job.id(), job.input().name().key(), state, attempt, what));
  }

  Commit committed() {
    return new Commit.Committed(events);
  }
}
