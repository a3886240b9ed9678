package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.ApiToken;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Course;
import dev.millrace.orch.journal.Handed;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Lease;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.journal.OutboxItem;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.journal.PassingRow;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.SealedSecret;
import dev.millrace.orch.journal.Sighting;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.journal.TimelineEntry;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.WaitingRow;
import dev.millrace.orch.journal.WaitingStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.sign.SignedBytes;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The journal in an SQL database. Any thread may call it, a virtual one too. */
public final class SqlJournal implements Journal {
  private final Dialect dialect;
  private final Writer writer;
  private final Readers readers;

  private SqlJournal(Dialect dialect, Writer writer) {
    this.dialect = dialect;
    this.writer = writer;
    this.readers = new Readers(dialect, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Opens, or makes, a journal in one file, for one coordinator at a time. Files named after it,
   * with {@code -wal}, {@code -shm} and {@code .lock} behind, belong to it.
   *
   * @throws JournalException when the folder cannot be written, the file is no journal or one of a
   *     newer program, or another coordinator has it
   */
  public static SqlJournal sqlite(Path file) {
    return open(new Dialect.Sqlite(file));
  }

  /**
   * Opens a journal that several coordinators share; the tables are made in the user's schema.
   *
   * @param jdbcUrl for instance {@code jdbc:postgresql://host/database}
   * @param password asked for at each connection, null for none
   * @throws JournalException when the server is not reached or its schema is one of a newer program
   */
  public static SqlJournal postgres(
      String jdbcUrl, String user, Supplier<@Nullable String> password) {
    return open(new Dialect.Postgres(jdbcUrl, user, password));
  }

  private static SqlJournal open(Dialect dialect) {
    try {
      return new SqlJournal(dialect, Writer.open(dialect));
    } catch (SQLException e) {
      dialect.close();
      throw new JournalException(
          "cannot open the journal " + dialect.place() + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      dialect.close();
      throw e;
    }
  }

  @Override
  public Handed hand(Transition transition) {
    return new Answered(writer.hand(change -> Steps.apply(change, transition)));
  }

  @Override
  public long reserveTokens(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("tokens to reserve must be 1 or more: " + count);
    }
    return writer.write(change -> change.numbers().next(Numbers.TOKEN, count));
  }

  @Override
  public List<PendingStore> pendingStores() {
    return readers.read(IntakeReads::pendingStores);
  }

  @Override
  public List<WaitingStore> waitingStores(TenantId tenant) {
    return readers.read(session -> IntakeReads.waitingStores(session, tenant));
  }

  @Override
  public List<PendingNotice> pendingNotices(StoreId store, long after, int max) {
    return readers.read(session -> IntakeReads.pending(session, store, after, max));
  }

  @Override
  public List<WaitingRow> waitingRows(
      TenantId tenant, StoreId store, String bucket, Collection<String> keys) {
    return readers.read(session -> IntakeReads.waitingRows(session, tenant, store, bucket, keys));
  }

  @Override
  public Map<String, String> knownAliases(
      FunctionRef function, StoreId store, String bucket, Collection<String> keys) {
    return readers.read(session -> IntakeReads.aliases(session, function, store, bucket, keys));
  }

  @Override
  public boolean knows(FunctionRef function, ObjectName object, VersionTag version) {
    return readers.read(session -> IntakeReads.knows(session, function, object, version));
  }

  @Override
  public Optional<Job> job(TenantId tenant, JobId id) {
    return readers.read(session -> JobReads.one(session, tenant, id));
  }

  @Override
  public List<Job> jobs(TenantId tenant, JobFilter filter) {
    return readers.read(session -> JobListing.page(session, tenant, filter));
  }

  @Override
  public Map<JobState, Long> counts(TenantId tenant) {
    return readers.read(session -> JobReads.counts(session, tenant));
  }

  @Override
  public List<Job> plannable(Instant now, int max) {
    return readers.read(session -> JobReads.plannable(session, now, Set.of(), max));
  }

  @Override
  public List<Job> plannableBeside(Instant now, Set<FunctionRef> functions, int max) {
    return readers.read(session -> JobReads.plannable(session, now, functions, max));
  }

  @Override
  public List<Job> longestWaiting(Instant now, Set<FunctionRef> functions, int each) {
    return readers.read(session -> JobReads.longestWaiting(session, now, functions, each));
  }

  @Override
  public Set<FunctionRef> waitedFor(Set<FunctionRef> functions) {
    return readers.read(session -> TurnReads.waitedFor(session, functions));
  }

  @Override
  public Optional<Instant> nextPlannable(Instant now) {
    return readers.read(session -> JobReads.nextPlannable(session, now));
  }

  @Override
  public List<Job> inStates(Collection<JobState> states, int max) {
    return readers.read(session -> JobReads.inStates(session, states, max));
  }

  @Override
  public List<Job> jobsOf(TenantId tenant, ObjectName object, int max) {
    return readers.read(session -> JobReads.ofObject(session, tenant, object, max));
  }

  @Override
  public List<Attempt> attempts(TenantId tenant, JobId job) {
    return readers.read(session -> AttemptReads.ofJob(session, tenant, job));
  }

  @Override
  public Optional<Course> course(TenantId tenant, JobId job) {
    return readers.read(session -> AttemptReads.course(session, tenant, job));
  }

  @Override
  public Optional<Attempt> attempt(TenantId tenant, AttemptId id) {
    return readers.read(session -> AttemptReads.one(session, tenant, id));
  }

  @Override
  public Optional<Attempt> attemptOfAny(AttemptId id) {
    return readers.read(session -> AttemptReads.ofAnyTenant(session, id));
  }

  @Override
  public List<TimelineEntry> timeline(TenantId tenant, JobId job) {
    return readers.read(session -> JobReads.timeline(session, tenant, job));
  }

  @Override
  public List<Sighting> sightings(TenantId tenant, ObjectName object, int max) {
    return readers.read(session -> IntakeReads.sightings(session, tenant, object, max));
  }

  @Override
  public List<PublishedObject> published(ObjectName name, int max) {
    return readers.read(session -> JobReads.publishedAt(session, name, max));
  }

  @Override
  public ObjectTally tally(TenantId tenant, ObjectName object) {
    return readers.read(session -> JobReads.tally(session, tenant, object));
  }

  @Override
  public List<PublishedObject> publishedBy(TenantId tenant, JobId job) {
    return readers.read(session -> JobReads.publishedBy(session, tenant, job));
  }

  @Override
  public Map<ObjectName, JobId> overwritten(TenantId tenant, JobId job) {
    return readers.read(session -> JobReads.overwritten(session, tenant, job));
  }

  @Override
  public List<Lease> liveLeases() {
    return readers.read(AttemptReads::live);
  }

  @Override
  public Optional<Lease> lease(long token) {
    return readers.read(session -> AttemptReads.lease(session, token));
  }

  @Override
  public List<ProviderRecord> providers() {
    return readers.read(FleetReads::providers);
  }

  @Override
  public List<DeployedFunction> functions() {
    return readers.read(FunctionReads::deployed);
  }

  @Override
  public long deploys() {
    return readers.read(FunctionReads::deploys);
  }

  @Override
  public Map<TenantId, Long> tenantDeploys() {
    return readers.read(FunctionReads::tenantDeploys);
  }

  @Override
  public Optional<DeployedFunction> function(FunctionRef ref, int revision) {
    return readers.read(session -> FunctionReads.one(session, ref, revision));
  }

  @Override
  public int newestRevision(FunctionRef ref) {
    return readers.read(
        session -> FunctionReads.head(session, ref).map(FunctionReads.Head::revision).orElse(0));
  }

  @Override
  public List<StartMark> startMarks(FunctionRef ref) {
    return readers.read(session -> FunctionReads.startMarks(session, ref));
  }

  @Override
  public List<OutboxItem> outbox(String ledger, int max) {
    return readers.read(session -> AttemptReads.outbox(session, ledger, max));
  }

  @Override
  public Optional<String> providerKey(ProviderId provider) {
    return readers.read(session -> FleetReads.key(session, provider));
  }

  @Override
  public Set<AttemptId> uncarried(TenantId tenant, JobId job) {
    return readers.read(session -> AttemptReads.uncarried(session, tenant, job));
  }

  @Override
  public List<String> providerKeys(ProviderId provider) {
    return readers.read(session -> FleetReads.keys(session, provider));
  }

  @Override
  public List<StoredSecret> secrets() {
    return readers.read(SecretRows::all);
  }

  @Override
  public Optional<SealedSecret> secret(TenantId tenant, SecretName name) {
    return readers.read(session -> SecretRows.one(session, tenant, name));
  }

  @Override
  public List<ApiToken> tokens() {
    return readers.read(TokenRows::all);
  }

  @Override
  public Optional<String> checkpoint(String source) {
    return readers.read(session -> IntakeReads.checkpoint(session, source));
  }

  @Override
  public List<Job> ended(Kept kept, Instant before, @Nullable Job after, int max) {
    return readers.read(session -> RemovalReads.ended(session, kept, before, after, max));
  }

  @Override
  public long endedCount(Kept kept, Instant before, int max) {
    return readers.read(session -> RemovalReads.endedCount(session, kept, before, max));
  }

  @Override
  public long endedBytes(Kept kept, Instant before, int max) {
    return readers.read(session -> RemovalReads.endedBytes(session, kept, before, max));
  }

  @Override
  public Optional<Removal> removal(TenantId tenant, JobId job) {
    return readers.read(session -> RemovalReads.of(session, tenant, job));
  }

  @Override
  public List<Removal> openRemovals(int max) {
    return readers.read(session -> RemovalReads.open(session, max));
  }

  @Override
  public List<PassingRow> passing(Passing what, long after, int max) {
    return readers.read(session -> PassingRows.page(session, what, after, max));
  }

  @Override
  public long passingCount(Passing what, Instant before, int max) {
    return readers.read(session -> PassingRows.count(session, what, before, max));
  }

  @Override
  public Optional<Instant> mark(Mark mark) {
    return readers.read(session -> RemovalReads.mark(session, mark));
  }

  @Override
  public Optional<Instant> latestChange() {
    return readers.read(RemovalReads::latestChange);
  }

  /** Receipts of an attempt that came after its ledger entry was written. */
  public List<SignedBytes> lateReceipts(TenantId tenant, AttemptId attempt) {
    return readers.read(session -> AttemptReads.lateReceipts(session, tenant, attempt));
  }

  /** How often the database was asked to commit: fewer than transitions when callers are many. */
  long batches() {
    return writer.batches();
  }

  /** Commits what has been handed over, then ends; calling it again does nothing. */
  @Override
  public void close() {
    writer.close();
    readers.close();
    dialect.close();
  }
}
