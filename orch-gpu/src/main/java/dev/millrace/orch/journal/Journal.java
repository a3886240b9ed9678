package dev.millrace.orch.journal;

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
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's memory. Calls block and may come from virtual threads; reads see every
 * transition that was committed before they began. Failures of the database are {@link
 * JournalException}s, after which a transition's outcome is unknown until it is committed again.
 */
public interface Journal extends AutoCloseable {
  /** Commits a transition; when this returns Committed it survives a power cut. */
  default Commit commit(Transition transition) {
    return hand(transition).await();
  }

  /**
   * Hands a transition over without waiting for it: those that are handed over one after the other
   * are made in that order, each for itself, and share the disk's sync as those of many callers do.
   */
  Handed hand(Transition transition);

  /**
   * Reserves fencing tokens that no one else gets.
   *
   * @return the first of {@code count} tokens in a row; larger than any before
   */
  long reserveTokens(long count);

  /** The stores of which notices are undecided. */
  List<PendingStore> pendingStores();

  /** How many notices of a tenant are undecided, by store; reads them all. */
  List<WaitingStore> waitingStores(TenantId tenant);

  /**
   * Undecided notices of a store in order of arrival, those with a larger id than {@code after}.
   */
  List<PendingNotice> pendingNotices(StoreId store, long after, int max);

  /** The same of all stores. */
  default List<PendingNotice> pendingNotices(long after, int max) {
    return pendingStores().stream()
        .flatMap(each -> pendingNotices(each.store(), after, max).stream())
        .sorted(Comparator.comparingLong(PendingNotice::id))
        .limit(max)
        .toList();
  }

  /** Rows of listings of a bucket, with these keys, whose notices no one has decided yet. */
  List<WaitingRow> waitingRows(
      TenantId tenant, StoreId store, String bucket, Collection<String> keys);

  /**
   * The newest listing alias that admission has decided for this function, by key; keys without one
   * are absent.
   */
  Map<String, String> knownAliases(
      FunctionRef function, StoreId store, String bucket, Collection<String> keys);

  /** Whether this function has a job, or a record, for this version. */
  boolean knows(FunctionRef function, ObjectName object, VersionTag version);

  /** One job. */
  Optional<Job> job(TenantId tenant, JobId id);

  /** Jobs, newest first. */
  List<Job> jobs(TenantId tenant, JobFilter filter);

  /** How many jobs are in each state; states without any are absent. */
  Map<JobState, Long> counts(TenantId tenant);

  /**
   * Waiting jobs of all tenants that may be planned at {@code now}: by priority, then admission.
   */
  List<Job> plannable(Instant now, int max);

  /** The same of other functions than these: the jobs that those hide. */
  List<Job> plannableBeside(Instant now, Set<FunctionRef> functions, int max);

  /**
   * Of each of these functions the waiting jobs that may be planned for the longest, whatever their
   * priority.
   *
   * @param each so many of a function at most
   */
  List<Job> longestWaiting(Instant now, Set<FunctionRef> functions, int each);

  /** Which of these functions any job waits for, due or not. */
  Set<FunctionRef> waitedFor(Set<FunctionRef> functions);

  /** When the next waiting job becomes plannable after {@code now}; empty when there is none. */
  Optional<Instant> nextPlannable(Instant now);

  /** Jobs of all tenants in these states, oldest first: what a restart goes on with. */
  List<Job> inStates(Collection<JobState> states, int max);

  /** Jobs made of an object, newest first. */
  List<Job> jobsOf(TenantId tenant, ObjectName object, int max);

  /** A job's attempts, first one first. */
  List<Attempt> attempts(TenantId tenant, JobId job);

  /** A job with its attempts, in one read: what driving it asks at each step. */
  Optional<Course> course(TenantId tenant, JobId job);

  /** One attempt. */
  Optional<Attempt> attempt(TenantId tenant, AttemptId id);

  /** An attempt whose tenant is not known yet. */
  Optional<Attempt> attemptOfAny(AttemptId id);

  /** A job's steps in order. */
  List<TimelineEntry> timeline(TenantId tenant, JobId job);

  /** Notices about an object, newest first. */
  List<Sighting> sightings(TenantId tenant, ObjectName object, int max);

  /** What lies at a final key, newest first. */
  List<PublishedObject> published(ObjectName name, int max);

  /** What a job published. */
  List<PublishedObject> publishedBy(TenantId tenant, JobId job);

  /** Which of a job's keys other jobs of its tenant have published since, with the last of them. */
  Map<ObjectName, JobId> overwritten(TenantId tenant, JobId job);

  /** Leases that hold something. */
  List<Lease> liveLeases();

  /** The lease with this token. */
  Optional<Lease> lease(long token);

  /** Providers as they last introduced themselves. */
  List<ProviderRecord> providers();

  /** The key that is believed of a provider now, in the same form; empty where none is. */
  Optional<String> providerKey(ProviderId provider);

  /** Every key that a provider was ever registered with, in X.509 form and base64, oldest first. */
  List<String> providerKeys(ProviderId provider);

  /** Deployed functions of all tenants, each in its newest revision. */
  List<DeployedFunction> functions();

  /**
   * How often anything was deployed or removed, by whichever coordinator; a number that only grows.
   * It costs little to ask. Who asks before reading functions and start marks may keep what it read
   * for as long as the answer stays the same.
   */
  long deploys();

  /** The same of each tenant; those that never deployed anything are absent, which is 0. */
  Map<TenantId, Long> tenantDeploys();

  /** One revision of a function, also of one that was removed. */
  Optional<DeployedFunction> function(FunctionRef ref, int revision);

  /** The newest revision's number, also of a removed function; 0 when there never was one. */
  int newestRevision(FunctionRef ref);

  /** From when on a function's objects are jobs. */
  List<StartMark> startMarks(FunctionRef ref);

  /**
   * What a ledger still has to get: its own entries, and then those that are for nobody's in
   * particular, each oldest first. A journal of one coordinator alone has no others': there all are
   * its own.
   */
  List<OutboxItem> outbox(String ledger, int max);

  /** Those of a job's attempts whose entry no ledger has yet. */
  Set<AttemptId> uncarried(TenantId tenant, JobId job);

  /** What may be told of the secrets of all tenants, by tenant and name. */
  List<StoredSecret> secrets();

  /** One secret, sealed. */
  Optional<SealedSecret> secret(TenantId tenant, SecretName name);

  /** Tokens of all tenants that are not revoked, oldest first; expired ones too. */
  List<ApiToken> tokens();

  /** Where a source was; empty when it never said. */
  Optional<String> checkpoint(String source);

  /**
   * Jobs of all tenants that ended no later than {@code before}, whose admission and object are no
   * later either, and of which so much is kept, oldest end first; none whose slices are not free
   * for sure, or that the ledger lacks.
   *
   * @param after the last one of the page before; null for the first
   */
  List<Job> ended(Kept kept, Instant before, @Nullable Job after, int max);

  /** How many those are, counted up to {@code max}. */
  long endedCount(Kept kept, Instant before, int max);

  /** Bytes of the orders and manifests of the attempts of so many of them. */
  long endedBytes(Kept kept, Instant before, int max);

  /** What was taken from a job; empty when all of it is kept. */
  Optional<Removal> removal(TenantId tenant, JobId job);

  /** Removals that are decided and not finished, oldest first. */
  List<Removal> openRemovals(int max);

  /** Rows with a larger number than {@code after}, in order. */
  List<PassingRow> passing(Passing what, long after, int max);

  /** How many rows were over no later than {@code before}, counted up to {@code max}. */
  long passingCount(Passing what, Instant before, int max);

  /** A time of retention; empty when there is none yet. */
  Optional<Instant> mark(Mark mark);

  /** When a job was last changed; empty when there are none. */
  Optional<Instant> latestChange();

  @Override
  void close();
}
