package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.Transition.FreeLease;
import dev.millrace.orch.journal.Transition.PlaceAttempt;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Collectors;

/** Slices are promised here and nowhere else, one after the other. */
final class PlacementSteps {
  private record Device(String provider, boolean present, long memory) {}

  private record Reserved(long memory, long computePercent) {}

  private PlacementSteps() {}

  static Commit place(Change change, PlaceAttempt t) throws SQLException {
    Session session = change.session();
    Optional<Job> found = JobReads.one(session, t.tenant(), t.attempt().job());
    Optional<String> obstacle = obstacle(session, found, t);
    if (obstacle.isPresent()) {
      return Steps.conflict(obstacle.get());
    }
    insertAttempt(session, t);
    insertLease(session, t);
    int place = 0;
    for (Slice slice : t.slices()) {
      Optional<String> shortage = shortage(session, slice, t);
      if (shortage.isPresent()) {
        return Steps.conflict(shortage.get());
      }
      session.update(
          "INSERT INTO lease_slices (token, place, accelerator, memory, compute_percent, live)"
              + " VALUES (?, ?, ?, ?, ?, 1)",
          t.token(),
          place++,
          slice.accelerator(),
          slice.memory(),
          slice.computePercent());
    }
    Job job = found.orElseThrow();
    new JobChange(job)
        .to(JobState.PLACED, null)
        .attempts(t.attempt().number())
        .keep(change, t.at());
    change.tell(job, JobState.PLACED, t.attempt().number(), "placed on " + devices(t), t.at());
    return change.committed();
  }

  private static String devices(PlaceAttempt t) {
    return t.slices().stream()
        .map(Slice::accelerator)
        .distinct()
        .map(AcceleratorId::value)
        .collect(Collectors.joining(", "));
  }

  private static Optional<String> obstacle(Session session, Optional<Job> found, PlaceAttempt t)
      throws SQLException {
    if (found.isEmpty()) {
      return Optional.of("job " + t.attempt().job() + " is not there");
    }
    Job job = found.get();
    if (job.state() != JobState.WAITING) {
      return Optional.of("job " + job.id() + " does not wait, it is " + job.state().label());
    }
    if (job.cancelRequested()) {
      return Optional.of("job " + job.id() + " was asked to stop");
    }
    if (job.attempts() != t.attempt().number() - 1) {
      return Optional.of(
          "job " + job.id() + " has had " + job.attempts() + " attempts, this is not the next");
    }
    int newest = FunctionReads.newest(session, job.function());
    if (newest > t.revision()) {
      return Optional.of(
          "function %s is at revision %d, this is an attempt of %d"
              .formatted(job.function(), newest, t.revision()));
    }
    if (t.slices().isEmpty()) {
      return Optional.of("an attempt without a slice holds nothing");
    }
    boolean used =
        session
            .first("SELECT token FROM leases WHERE token = ?", Row::number, t.token())
            .isPresent();
    return used ? Optional.of("token " + t.token() + " is used already") : Optional.empty();
  }

  /** Why a slice cannot be had beside all that are reserved by now. */
  private static Optional<String> shortage(Session session, Slice slice, PlaceAttempt t)
      throws SQLException {
    Optional<Device> found =
        session.first(
            "SELECT provider, present, memory FROM accelerators WHERE id = ?",
            row -> new Device(row.text(), row.flag(), row.number()),
            slice.accelerator());
    if (found.isEmpty() || !found.get().present()) {
      return Optional.of("device " + slice.accelerator() + " is absent");
    }
    Device device = found.get();
    if (!device.provider().equals(t.provider().value())) {
      return Optional.of("device " + slice.accelerator() + " is not of provider " + t.provider());
    }
    Reserved reserved = reserved(session, slice.accelerator());
    long memoryFree = device.memory() - reserved.memory();
    if (slice.memory().value() > memoryFree) {
      return Optional.of(
          "device %s has no room: %s wanted, %s free"
              .formatted(
                  slice.accelerator(), slice.memory(), new MemoryMib(Math.max(0, memoryFree))));
    }
    long percentFree = 100 - reserved.computePercent();
    if (slice.computePercent() > percentFree) {
      return Optional.of(
          "device %s has no room: %d%% of its compute wanted, %d%% free"
              .formatted(slice.accelerator(), slice.computePercent(), percentFree));
    }
    return Optional.empty();
  }

  private static Reserved reserved(Session session, AcceleratorId device) throws SQLException {
    return session
        .first(
            "SELECT coalesce(sum(memory), 0), coalesce(sum(compute_percent), 0)"
                + " FROM lease_slices WHERE accelerator = ? AND live = 1",
            row -> new Reserved(row.number(), row.number()),
            device)
        .orElseThrow();
  }

  private static void insertAttempt(Session session, PlaceAttempt t) throws SQLException {
    session.update(
        "INSERT INTO attempts (tenant, job, number, revision, state, provider, pool, token,"
            + " signed_order, placed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        t.tenant(),
        t.attempt().job(),
        t.attempt().number(),
        t.revision(),
        AttemptState.PLACED,
        t.provider(),
        t.pool(),
        t.token(),
        t.order(),
        t.at());
  }

  private static void insertLease(Session session, PlaceAttempt t) throws SQLException {
    session.update(
        "INSERT INTO leases (token, tenant, job, number, provider, state, counter, duration,"
            + " hard_limit) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
        t.token(),
        t.tenant(),
        t.attempt().job(),
        t.attempt().number(),
        t.provider(),
        LeaseState.HELD,
        t.leaseDuration(),
        t.hardLimit());
  }

  static Commit free(Change change, FreeLease t) throws SQLException {
    int freed =
        change
            .session()
            .update(
                "UPDATE leases SET state = 'FREE', reason = ?"
                    + " WHERE token = ? AND tenant = ? AND state = 'QUARANTINED'",
                t.reason(),
                t.token(),
                t.tenant());
    if (freed == 0) {
      return Steps.conflict("lease " + t.token() + " is not quarantined");
    }
    release(change.session(), t.token());
    return change.committed();
  }

  /** Gives a free lease's slices back. */
  static void release(Session session, long token) throws SQLException {
    session.update("UPDATE lease_slices SET live = 0 WHERE token = ? AND live = 1", token);
  }
}
