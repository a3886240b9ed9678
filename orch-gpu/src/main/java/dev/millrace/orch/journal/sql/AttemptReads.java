package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Course;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Lease;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.OutboxItem;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.sign.SignedBytes;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is asked of attempts, their leases and their ledger entries. */
final class AttemptReads {
  private static final String SELECT =
      "SELECT tenant, job, number, revision, state, provider, pool, token, signed_order, run,"
          + " placed_at, staged_at, claimed_at, ended_at, outcome, exit_code, reason, manifest"
          + " FROM attempts ";
  private static final String LEASE =
      "SELECT l.token, l.tenant, l.job, l.number, l.provider, l.state, l.counter, l.duration,"
          + " l.hard_limit, l.reason, s.accelerator, s.memory, s.compute_percent"
          + " FROM leases l";
  private static final String SLICES = " JOIN lease_slices s ON s.token = l.token WHERE ";

  private AttemptReads() {}

  private static Attempt attempt(Row row) throws SQLException {
    return new Attempt(
        new TenantId(row.text()),
        attemptId(row),
        row.integer(),
        row.one(AttemptState.class),
        new ProviderId(row.text()),
        new PoolId(row.text()),
        row.number(),
        row.signed(),
        run(row),
        row.instant(),
        row.instantOrNull(),
        row.instantOrNull(),
        row.instantOrNull(),
        row.textOrNull(),
        row.integerOrNull(),
        row.textOrNull(),
        row.signedOrNull());
  }

  private static AttemptId attemptId(Row row) throws SQLException {
    return new AttemptId(new JobId(row.text()), row.integer());
  }

  private static @Nullable RunId run(Row row) throws SQLException {
    String run = row.textOrNull();
    return run == null ? null : new RunId(run);
  }

  static Optional<Attempt> one(Session session, TenantId tenant, AttemptId id) throws SQLException {
    return session.first(
        SELECT + "WHERE tenant = ? AND job = ? AND number = ?",
        AttemptReads::attempt,
        tenant,
        id.job(),
        id.number());
  }

  static Optional<Attempt> ofAnyTenant(Session session, AttemptId id) throws SQLException {
    return session.first(
        SELECT + "WHERE job = ? AND number = ?", AttemptReads::attempt, id.job(), id.number());
  }

  static List<Attempt> ofJob(Session session, TenantId tenant, JobId job) throws SQLException {
    return session.all(
        SELECT + "WHERE tenant = ? AND job = ? ORDER BY number",
        AttemptReads::attempt,
        tenant,
        job);
  }

  /** The job first: what is committed meanwhile shows in its attempts alone. */
  static Optional<Course> course(Session session, TenantId tenant, JobId id) throws SQLException {
    Optional<Job> job = JobReads.one(session, tenant, id);
    return job.isEmpty()
        ? Optional.empty()
        : Optional.of(new Course(job.get(), ofJob(session, tenant, id)));
  }

  /** Leases in the order of their tokens, each once with all of its slices. */
  private static List<Lease> leases(Session session, String which, Object... values)
      throws SQLException {
    List<Lease> leases = new ArrayList<>();
    for (Lease part :
        session.all(LEASE + which + " ORDER BY l.token, s.place", AttemptReads::lease, values)) {
      if (!leases.isEmpty() && leases.getLast().token() == part.token()) {
        leases.add(joined(leases.removeLast(), part));
      } else {
        leases.add(part);
      }
    }
    return leases;
  }

  private static Lease joined(Lease first, Lease second) {
    List<Slice> slices = new ArrayList<>(first.slices());
    slices.addAll(second.slices());
    return new Lease(
        first.token(),
        first.tenant(),
        first.attempt(),
        first.provider(),
        first.state(),
        first.counter(),
        first.duration(),
        first.hardLimit(),
        slices,
        first.reason());
  }

  private static Lease lease(Row row) throws SQLException {
    long token = row.number();
    TenantId tenant = new TenantId(row.text());
    AttemptId attempt = attemptId(row);
    ProviderId provider = new ProviderId(row.text());
    LeaseState state = row.one(LeaseState.class);
    long counter = row.number();
    var duration = Micros.duration(row.number());
    var hardLimit = row.instant();
    String reason = row.textOrNull();
    Slice slice =
        new Slice(new AcceleratorId(row.text()), new MemoryMib(row.number()), row.integer());
    return new Lease(
        token,
        tenant,
        attempt,
        provider,
        state,
        counter,
        duration,
        hardLimit,
        List.of(slice),
        reason);
  }

  static List<Lease> live(Session session) throws SQLException {
    return leases(session, session.dialect().by("leases_live") + SLICES + "l.state <> 'FREE'");
  }

  static Optional<Lease> lease(Session session, long token) throws SQLException {
    return leases(session, SLICES + "l.token = ?", token).stream().findFirst();
  }

  static List<OutboxItem> outbox(Session session, String ledger, int max) throws SQLException {
    String open = "SELECT id, entry FROM outbox WHERE settled = 0";
    if (!session.dialect().shared()) {
      return session.all(open + " ORDER BY ledger, id LIMIT ?", row -> item(row, true), max);
    }
    String of = open + " AND ledger = ? ORDER BY id LIMIT ?";
    List<OutboxItem> own = session.all(of, row -> item(row, true), ledger, max);
    if (own.size() == max) {
      return own;
    }
    List<OutboxItem> all = new ArrayList<>(own);
    all.addAll(session.all(of, row -> item(row, false), "", max - own.size()));
    return all;
  }

  private static OutboxItem item(Row row, boolean taken) throws SQLException {
    return new OutboxItem(row.number(), entry(row.text()), taken);
  }

  static Set<AttemptId> uncarried(Session session, TenantId tenant, JobId job) throws SQLException {
    return Set.copyOf(
        session.all(
            "SELECT number FROM outbox WHERE tenant = ? AND job = ? AND settled = 0",
            row -> new AttemptId(job, row.integer()),
            tenant,
            job));
  }

  private static LedgerEntry entry(String json) throws SQLException {
    try {
      return Json.read(json, LedgerEntry.class);
    } catch (MalformedJson e) {
      throw new SQLException("an outbox entry is not one: " + e.getMessage(), e);
    }
  }

  static List<SignedBytes> lateReceipts(Session session, TenantId tenant, AttemptId attempt)
      throws SQLException {
    return session.all(
        "SELECT manifest FROM late_receipts WHERE tenant = ? AND job = ? AND number = ?"
            + " ORDER BY at, sha256",
        Row::signed,
        tenant,
        attempt.job(),
        attempt.number());
  }
}
