package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.TimelineEntry;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The coordinator as its users see it. Blocking; safe for many threads. */
public interface FrontDesk {
  /**
   * Keeps a file that ships with functions, by its digest; deploy names it.
   *
   * @return SHA-256 in lower-case hex
   */
  String keepFile(InputStream bytes) throws IOException;

  /**
   * Reads an FDL file and deploys its functions, all or none.
   *
   * @param carrier the way that it came, which values of secrets may not come by
   */
  Deployment deploy(TenantId tenant, Sent sent, Carrier carrier) throws IOException;

  /** The same of what never left this process. */
  default Deployment deploy(
      TenantId tenant,
      String fileName,
      byte[] fdl,
      Map<String, String> scripts,
      Map<String, String> files,
      boolean backfill)
      throws IOException {
    return deploy(tenant, new Sent(fileName, fdl, scripts, files, backfill), Carrier.INSIDE);
  }

  /**
   * What is to be deployed.
   *
   * @param fileName as problems shall call it
   * @param scripts texts by path relative to the FDL file
   * @param files digests of kept files by path relative to the FDL file
   * @param backfill whether objects that are there already become jobs
   */
  record Sent(
      String fileName,
      byte[] fdl,
      Map<String, String> scripts,
      Map<String, String> files,
      boolean backfill) {
    public Sent {
      scripts = Map.copyOf(scripts);
      files = Map.copyOf(files);
    }
  }

  /** What became of a deployment. */
  sealed interface Deployment {
    /**
     * All are deployed.
     *
     * @param warnings one line each
     */
    record Done(List<DeployedFunction> functions, List<String> warnings) implements Deployment {}

    /**
     * Nothing changed.
     *
     * @param problems one line each, with file, line and column
     */
    record Rejected(List<String> problems) implements Deployment {}

    /**
     * Nothing changed, since something else did meanwhile: the same may be deployed now.
     *
     * @param reason what changed
     */
    record Overtaken(String reason) implements Deployment {}
  }

  /** Deployed functions. */
  List<DeployedFunction> functions(TenantId tenant);

  /** Takes no new jobs for a function; false when it is not deployed. */
  boolean remove(TenantId tenant, FunctionName function);

  /**
   * A URL to upload an object to, valid for an hour.
   *
   * @throws IllegalArgumentException when the store is not configured or the key is reserved
   */
  URI uploadUrl(TenantId tenant, ObjectName object) throws IOException;

  /** A URL for one step of an upload in parts; refused where the other one is. */
  URI uploadUrl(TenantId tenant, ObjectName object, UploadStep step) throws IOException;

  /** A URL to read an object, valid for an hour. */
  URI downloadUrl(TenantId tenant, ObjectName object) throws IOException;

  /**
   * The buckets of a store, without the one that holds Millrace's own orders.
   *
   * @throws IllegalArgumentException when the store is not configured
   */
  List<ListedBucket> buckets(TenantId tenant, StoreId store) throws IOException;

  /**
   * A page of a bucket's objects; empty when there is no such bucket.
   *
   * @throws IllegalArgumentException when the store is not configured, or the bucket holds
   *     Millrace's own orders
   */
  Optional<FolderPage> objects(TenantId tenant, Listing listing) throws IOException;

  /**
   * Which objects to list.
   *
   * @param folders whether keys end at the next slash, or go on to their end
   * @param token the page before's {@code next}; empty for the first
   * @param max rows, 1 to 1,000
   */
  record Listing(
      StoreId store, String bucket, String prefix, boolean folders, String token, int max) {}

  /** Jobs, newest first. */
  List<Job> jobs(TenantId tenant, JobFilter filter);

  /** How many jobs are in each state. */
  Map<JobState, Long> counts(TenantId tenant);

  /** One job with all that is known of it. */
  Optional<JobView> job(TenantId tenant, JobId id);

  /** The signed order of an attempt, for export. */
  Optional<SignedBytes> order(TenantId tenant, AttemptId attempt);

  /** The log that a run left; of one that runs, what it has printed so far. */
  RunLog log(TenantId tenant, AttemptId attempt) throws IOException;

  /** Asks a job to stop. */
  Answer cancel(TenantId tenant, JobId id);

  /** Lets a resting job wait again. */
  Answer redrive(TenantId tenant, JobId id);

  /** Ends a resting job. */
  Answer discard(TenantId tenant, JobId id);

  /** What became of a wish. */
  sealed interface Answer {
    /** It is done. */
    record Ok() implements Answer {}

    /** There is no such thing. */
    record NotFound() implements Answer {}

    /** It cannot be done now. */
    record No(String reason) implements Answer {}
  }

  /** All devices with what is reserved on them. */
  List<DeviceReport> devices();

  /** So many notices, jobs and publications of an object are told where nobody says how many. */
  int TOLD = 20;

  /** What happened to an object, in sentences. */
  default Explanation explain(TenantId tenant, ObjectName object) throws IOException {
    return explain(tenant, object, TOLD);
  }

  /**
   * What happened to an object, in sentences.
   *
   * @param max notices, jobs and publications that are told, the newest of each, 1 or more
   */
  Explanation explain(TenantId tenant, ObjectName object, int max) throws IOException;

  /** The ledger. */
  Ledger ledger();

  /** The ledger's entries of a job, by index. */
  List<Ledger.Recorded> ledgerOf(TenantId tenant, JobId id) throws IOException;

  /** The newest published checkpoint. */
  Checkpoint checkpoint() throws IOException;

  /** Hands every event to the listener, which must not block, until the subscription is closed. */
  Subscription subscribe(TenantId tenant, Consumer<PipelineEvent> listener);

  /** Ends a subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * A job in full.
   *
   * @param overwritten keys of its outputs that another job has published since
   * @param waitingFor why a waiting job waits; null when it does not, or no plan has said yet
   * @param split where the time went, null before the end
   * @param removed what retention has taken from it, null where nothing
   */
  record JobView(
      Job job,
      List<Attempt> attempts,
      List<TimelineEntry> timeline,
      List<PublishedObject> outputs,
      Map<ObjectName, JobId> overwritten,
      @Nullable String waitingFor,
      @Nullable TimeSplit split,
      @Nullable Removal removed) {}

  /** Microseconds of a succeeded job's way: queue, stage, start, run, publish. */
  record TimeSplit(long queue, long stage, long start, long run, long publish) {}

  /**
   * A device with what is reserved on it.
   *
   * @param heldUntil it is offered to nobody before, since what ran before a restore may still use
   *     it; null when it is not held
   */
  record DeviceReport(
      Accelerator accelerator,
      boolean present,
      @Nullable Instant heldUntil,
      MemoryMib reserved,
      int reservedPercent,
      List<Holder> holders) {}

  /** Who holds a slice. */
  record Holder(AttemptId attempt, MemoryMib memory, int computePercent, boolean quarantined) {}

  /**
   * The story of an object.
   *
   * @param sentences one each, in the order that they happened
   * @param jobs that it became, newest first, as many as are told
   * @param undecided whether it may become a job yet
   * @param found how much there is to tell
   */
  record Explanation(
      ObjectName object,
      List<String> sentences,
      List<JobId> jobs,
      boolean undecided,
      ObjectTally found) {}
}
