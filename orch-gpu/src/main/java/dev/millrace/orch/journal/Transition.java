package dev.millrace.orch.journal;

import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole change of the journal with its preconditions. {@code at} is the wall time that is
 * written; it decides nothing.
 */
public sealed interface Transition {
  /** Keeps notices until admission has decided them. No precondition. */
  record AcceptNotices(TenantId tenant, List<Notice> notices) implements Transition {}

  /**
   * What admission made of a notice. Inserts each job whose identity is new, remembers the listing
   * alias, records versions that were overwritten before they could be seen, and closes the notice.
   * Conflict when the notice is decided already, and when what the tenant has deployed is not what
   * it was judged by any more, whoever changed it: a function that came since may cover the object,
   * and a new revision may want what the older one did not.
   *
   * @param alias of the version that was seen, by {@code ListedObject.alias()}; null when nothing
   *     was there
   * @param seen the version that was seen, null when nothing was there
   * @param deploys as {@link Journal#tenantDeploys} said it of the tenant, before the functions
   *     were read that it was judged by
   * @param decidedFor functions for which the alias is remembered, with or without a job
   * @param overtaken versions that can be seen no more, each for these functions
   * @param outcome for people
   */
  record DecideNotice(
      TenantId tenant,
      long notice,
      ObjectName object,
      @Nullable String alias,
      @Nullable VersionTag seen,
      long deploys,
      Set<FunctionRef> decidedFor,
      List<Admission> admissions,
      List<Overtaken> overtaken,
      String outcome,
      Instant at)
      implements Transition {}

  /** A version that was overwritten before it could be seen. */
  record Overtaken(FunctionRef function, ObjectName object, VersionTag version) {}

  /**
   * Reserves slices for a job's next attempt. Conflict unless the job waits, has had {@code number
   * - 1} attempts, was not asked to cancel, its function has no newer revision than this one, and
   * each device is present and has room: the insert is the arbiter of invariant 3.
   *
   * @param token from {@link Journal#reserveTokens}
   */
  record PlaceAttempt(
      TenantId tenant,
      AttemptId attempt,
      int revision,
      ProviderId provider,
      PoolId pool,
      List<Slice> slices,
      long token,
      SignedBytes order,
      Duration leaseDuration,
      Instant hardLimit,
      Instant at)
      implements Transition {}

  /**
   * The order that names the attempt's bundle takes the place of the one that it was placed with.
   * Conflict unless the attempt is placed with this token.
   */
  record BundleAttempt(
      TenantId tenant, AttemptId attempt, long token, SignedBytes order, Instant at)
      implements Transition {}

  /** The order is in the bucket. Conflict unless the attempt is placed with this token. */
  record StageAttempt(TenantId tenant, AttemptId attempt, long token, Instant at)
      implements Transition {}

  /**
   * A run takes the attempt. Conflict unless it is placed or staged with this token, or runs under
   * this very run already.
   */
  record ClaimAttempt(
      TenantId tenant, AttemptId attempt, long token, RunId run, Instant hardLimit, Instant at)
      implements Transition {}

  /** Moves a lease's counter. Conflict unless it is held by this run and the counter grows. */
  record RenewLease(TenantId tenant, AttemptId attempt, long token, RunId run, long counter)
      implements Transition {}

  /**
   * Ends an attempt: its lease, the job's next state, and one ledger entry. Conflict unless the
   * attempt is the job's last, has this token and has not ended, and was claimed by this run (or by
   * none where {@code run} is null).
   *
   * @param outcome label of the outcome, {@code lost} when no word came
   */
  record EndAttempt(
      TenantId tenant,
      AttemptId attempt,
      long token,
      @Nullable RunId run,
      String outcome,
      @Nullable Integer exitCode,
      String reason,
      @Nullable SignedBytes manifest,
      LeaseEnd lease,
      Next next,
      LedgerEntry entry,
      Instant at)
      implements Transition {}

  /**
   * Names the winning run: from here on its files are the job's result. Conflict unless the job has
   * produced; {@code busy} when another job of the same function and input key is publishing;
   * {@code superseded} when a newer version of the key has been published or named: the caller then
   * ends the job.
   */
  record BeginPublication(TenantId tenant, JobId job, Instant at) implements Transition {
    /** Reason of the conflict: another one is publishing. */
    public static final String BUSY = "busy";

    /** Reason of the conflict: a newer version is ahead. */
    public static final String SUPERSEDED = "superseded";
  }

  /** All files are at their final keys. Conflict unless the job is publishing. */
  record FinishPublication(TenantId tenant, JobId job, List<PublishedObject> published, Instant at)
      implements Transition {}

  /**
   * Ends or rests a job that has no live attempt. Conflict unless it is in this state.
   *
   * @param from WAITING, or PRODUCED when it is superseded, or PUBLISHING when a file of the
   *     winning run is gone: then {@code to} is DEAD
   */
  record EndJob(TenantId tenant, JobId job, JobState from, JobState to, String reason, Instant at)
      implements Transition {}

  /**
   * Asks for a stop: a waiting job is cancelled at once, a placed, staged or running one is marked.
   * Conflict when it has produced, rests or has ended.
   */
  record CancelJob(TenantId tenant, JobId job, String reason, Instant at) implements Transition {}

  /** Lets a resting job wait again with its failures forgotten. Conflict unless it rests. */
  record RedriveJob(TenantId tenant, JobId job, Instant at) implements Transition {}

  /** Ends a resting job. Conflict unless it rests. */
  record DiscardJob(TenantId tenant, JobId job, String reason, Instant at) implements Transition {}

  /** Frees a quarantined lease. Conflict unless it is quarantined. */
  record FreeLease(TenantId tenant, long token, String reason, Instant at) implements Transition {}

  /**
   * A provider introduces itself; devices that it does not name any more are absent.
   *
   * @param ledger gets the entries of the attempts that end there from now on, whichever
   *     coordinator ends them, so that the chain of its receipts is in one; empty for anyone's
   */
  record RegisterProvider(ProviderRecord provider, String ledger) implements Transition {}

  /**
   * What a provider signs from now on is believed by no coordinator until it is registered anew.
   * Where coordinators share the journal, nothing happens to one of another ledger: it has a way in
   * that was not withdrawn.
   *
   * @param ledger of the coordinator that withdraws it
   */
  record WithdrawKey(ProviderId provider, String ledger) implements Transition {}

  /**
   * A new revision. Conflict unless its number follows the last one's.
   *
   * @param marks from when on objects are jobs, for input buckets; one that a bucket has already
   *     gives way to an earlier one alone, and then its listed objects are decided again
   */
  record DeployFunction(DeployedFunction function, List<StartMark> marks) implements Transition {}

  /**
   * Functions, and values of secrets that came with them: all or none. Conflict where one of the
   * steps is one, and when anything was deployed or removed since they were held against what is
   * there: together with that they may be a loop.
   *
   * @param deploys as {@link Journal#deploys} said it, before the functions that are there were
   *     read
   */
  record Deploy(long deploys, List<DeployFunction> functions, List<KeepSecret> secrets)
      implements Transition {
    public Deploy {
      functions = List.copyOf(functions);
      secrets = List.copyOf(secrets);
    }
  }

  /** Takes no new jobs; waiting ones are cancelled. Conflict unless it is deployed. */
  record RemoveFunction(FunctionRef function, Instant at) implements Transition {}

  /**
   * Keeps a secret, or its next value. Conflict unless what is kept now is {@code replaces}, and
   * when a tenant would have more than {@link #MAX}.
   *
   * @param replaces what is sealed now; empty where the secret is new
   */
  record KeepSecret(SealedSecret secret, String replaces) implements Transition {
    /** How many secrets a tenant may have. */
    public static final int MAX = 256;
  }

  /** Forgets a secret. Conflict unless it is there. */
  record DropSecret(TenantId tenant, SecretName name) implements Transition {}

  /**
   * Keeps a token; one of its id that is there, or was revoked, stays as it is. Conflict when there
   * would be more than {@code most} after those that have expired at {@code at} are gone.
   */
  record KeepToken(ApiToken token, int most, Instant at) implements Transition {}

  /** Makes a token worthless for good. Conflict unless it is there. */
  record DropToken(TenantId tenant, String id) implements Transition {}

  /** Those of these entries that are for no ledger yet are for this one alone from now on. */
  record TakeOutbox(String ledger, List<Long> ids) implements Transition {
    public TakeOutbox {
      ids = List.copyOf(ids);
    }
  }

  /** The ledger has them. */
  record SettleOutbox(List<Long> ids) implements Transition {
    public SettleOutbox {
      ids = List.copyOf(ids);
    }
  }

  /** A receipt that came after its attempt's entry was written: kept, never billed. */
  record KeepLateReceipt(TenantId tenant, AttemptId attempt, SignedBytes manifest, Instant at)
      implements Transition {}

  /** How far a source has come. */
  record KeepCheckpoint(String source, String position) implements Transition {}

  /**
   * Decides that no more than this is kept of jobs; what else there is may be deleted from then on.
   * Takes those that ended no later than {@code before}, whose slices are free, that the ledger has
   * and of which more is kept; the others stay as they are. Conflict when that leaves none.
   *
   * @param kept not {@link Kept#ALL}
   */
  record BeginRemoval(Kept kept, Instant before, List<JobRef> jobs, Instant at)
      implements Transition {
    public BeginRemoval {
      jobs = List.copyOf(jobs);
      if (kept == Kept.ALL) {
        throw new IllegalArgumentException("a removal leaves less than all");
      }
    }
  }

  /**
   * Their objects are deleted. Of a job of which nothing but its identity is kept, attempts,
   * leases, carried entries, late receipts and steps go now. Takes those that are being removed
   * down to {@code kept}. Conflict when there are none.
   */
  record FinishRemoval(Kept kept, List<JobRef> jobs) implements Transition {
    public FinishRemoval {
      jobs = List.copyOf(jobs);
    }
  }

  /** Which job. */
  record JobRef(TenantId tenant, JobId id) {
    /** Of this job. */
    public static JobRef of(Job job) {
      return new JobRef(job.function().tenant(), job.id());
    }
  }

  /** Removes those of these rows that were over no later than {@code before}. */
  record ForgetPassing(Passing what, List<Long> numbers, Instant before) implements Transition {
    public ForgetPassing {
      numbers = List.copyOf(numbers);
    }
  }

  /** Sets a time of retention; that of {@link Mark#NOTICES} does not go back. */
  record KeepMark(Mark mark, Instant at) implements Transition {}
}
