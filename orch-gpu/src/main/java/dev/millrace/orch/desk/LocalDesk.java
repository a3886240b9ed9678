package dev.millrace.orch.desk;

import dev.millrace.orch.dispatch.Dispatcher;
import dev.millrace.orch.dispatch.FleetBook;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Lease;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.live.LiveLogs;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.plan.DeviceView;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The front desk of the coordinator in this process. */
public final class LocalDesk implements FrontDesk {
  private final Journal journal;
  private final Recorder recorder;
  private final Catalog catalog;
  private final FleetBook fleet;
  private final Dispatcher dispatcher;
  private final Stores stores;
  private final Places places;
  private final ObjectDesk objects;
  private final RunLogs logs;
  private final Ledger ledger;
  private final Path scratch;
  private final Deployer deployer;
  private final InstantSource clock;

  /**
   * What the desk speaks for.
   *
   * @param processAllow functions that may run as plain processes here; {@code *} for all
   * @param scratch folder for uploads that are being digested
   */
  public record Parts(
      Journal journal,
      Recorder recorder,
      Catalog catalog,
      FleetBook fleet,
      Dispatcher dispatcher,
      Stores stores,
      Places places,
      Ledger ledger,
      LiveLogs live,
      DeployedSecrets secrets,
      List<String> processAllow,
      Path scratch) {}

  public LocalDesk(Parts parts, InstantSource clock) {
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.catalog = parts.catalog();
    this.fleet = parts.fleet();
    this.dispatcher = parts.dispatcher();
    this.stores = parts.stores();
    this.places = parts.places();
    this.objects = new ObjectDesk(stores, places);
    this.logs = new RunLogs(journal, stores, places, parts.live(), clock);
    this.ledger = parts.ledger();
    this.scratch = parts.scratch();
    this.deployer =
        new Deployer(
            new Deployer.Parts(
                journal,
                catalog,
                stores,
                places,
                parts.secrets(),
                parts.processAllow(),
                new Prospect(fleet)),
            clock);
    this.clock = clock;
  }

  @Override
  public String keepFile(InputStream bytes) throws IOException {
    Files.createDirectories(scratch);
    Path kept = Files.createTempFile(scratch, "file", "");
    try {
      MessageDigest digest = Hex.sha256();
      try (InputStream in = new DigestInputStream(bytes, digest);
          OutputStream out = Files.newOutputStream(kept)) {
        in.transferTo(out);
      }
      String sha256 = Hex.of(digest.digest());
      ObjectName name = places.file(sha256);
      try (InputStream in = Files.newInputStream(kept)) {
        stores
            .get(name.store())
            .write(
                name,
                in,
                Files.size(kept),
                new WriteOptions(true, "application/octet-stream", Map.of()));
      }
      return sha256;
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  @Override
  public Deployment deploy(TenantId tenant, Sent sent, Carrier carrier) throws IOException {
    return deployer.deploy(new Deployer.Request(tenant, sent, carrier));
  }

  @Override
  public List<DeployedFunction> functions(TenantId tenant) {
    catalog.refresh();
    return catalog.functions().stream().filter(f -> f.ref().tenant().equals(tenant)).toList();
  }

  @Override
  public boolean remove(TenantId tenant, FunctionName function) {
    Commit commit =
        recorder.commit(
            new Transition.RemoveFunction(new FunctionRef(tenant, function), clock.instant()));
    catalog.refresh();
    return commit instanceof Commit.Committed;
  }

  @Override
  public URI uploadUrl(TenantId tenant, ObjectName object) throws IOException {
    return objects.uploadUrl(object);
  }

  @Override
  public URI uploadUrl(TenantId tenant, ObjectName object, UploadStep step) throws IOException {
    return objects.uploadUrl(object, step);
  }

  @Override
  public URI downloadUrl(TenantId tenant, ObjectName object) throws IOException {
    return objects.downloadUrl(object);
  }

  @Override
  public List<ListedBucket> buckets(TenantId tenant, StoreId store) throws IOException {
    return objects.buckets(store);
  }

  @Override
  public Optional<FolderPage> objects(TenantId tenant, Listing listing) throws IOException {
    return objects.page(listing);
  }

  @Override
  public List<Job> jobs(TenantId tenant, JobFilter filter) {
    return journal.jobs(tenant, filter);
  }

  @Override
  public Map<JobState, Long> counts(TenantId tenant) {
    return journal.counts(tenant);
  }

  @Override
  public Optional<JobView> job(TenantId tenant, JobId id) {
    return journal
        .job(tenant, id)
        .map(job -> {
          List<Attempt> attempts = journal.attempts(tenant, id);
          return new JobView(
              job,
              attempts,
              journal.timeline(tenant, id),
              journal.publishedBy(tenant, id),
              journal.overwritten(tenant, id),
              job.state() == JobState.WAITING ? dispatcher.waitingFor(job).orElse(null) : null,
              Times.of(job, attempts),
              journal.removal(tenant, id).orElse(null));
        });
  }

  @Override
  public Optional<SignedBytes> order(TenantId tenant, AttemptId attempt) {
    return journal.attempt(tenant, attempt).map(Attempt::order);
  }

  @Override
  public RunLog log(TenantId tenant, AttemptId id) throws IOException {
    return logs.of(tenant, id);
  }

  @Override
  public Answer cancel(TenantId tenant, JobId id) {
    return answer(
        tenant,
        id,
        () ->
            recorder.commit(
                new Transition.CancelJob(tenant, id, "cancelled on request", clock.instant())));
  }

  @Override
  public Answer redrive(TenantId tenant, JobId id) {
    return answer(
        tenant, id, () -> recorder.commit(new Transition.RedriveJob(tenant, id, clock.instant())));
  }

  @Override
  public Answer discard(TenantId tenant, JobId id) {
    return answer(
        tenant,
        id,
        () ->
            recorder.commit(
                new Transition.DiscardJob(tenant, id, "discarded on request", clock.instant())));
  }

  private Answer answer(TenantId tenant, JobId id, Supplier<Commit> commit) {
    if (journal.job(tenant, id).isEmpty()) {
      return new Answer.NotFound();
    }
    return switch (commit.get()) {
      case Commit.Committed done -> new Answer.Ok();
      case Commit.Conflict(String reason) -> new Answer.No(reason);
    };
  }

  @Override
  public List<DeviceReport> devices() {
    List<Lease> leases = journal.liveLeases();
    List<DeviceReport> reports = new ArrayList<>();
    for (DeviceView view : fleet.read().fleet().devices()) {
      List<Holder> holders = new ArrayList<>();
      for (Lease lease : leases) {
        for (Slice slice : lease.slices()) {
          if (slice.accelerator().equals(view.accelerator().id())) {
            holders.add(
                new Holder(
                    lease.attempt(),
                    slice.memory(),
                    slice.computePercent(),
                    lease.state() == LeaseState.QUARANTINED));
          }
        }
      }
      reports.add(
          new DeviceReport(
              view.accelerator(),
              view.present(),
              fleet.heldUntil(view.accelerator().provider()).orElse(null),
              view.reserved(),
              view.reservedPercent(),
              holders));
    }
    reports.sort(Comparator.comparing(r -> r.accelerator().id().value()));
    return reports;
  }

  @Override
  public Explanation explain(TenantId tenant, ObjectName object, int max) throws IOException {
    return new Explainer(
            new Explainer.Sources(journal, catalog, stores, dispatcher, this::ledgerOf, logs::kept),
            clock)
        .explain(tenant, object, max);
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public List<Ledger.Recorded> ledgerOf(TenantId tenant, JobId id) throws IOException {
    List<Ledger.Recorded> found = new ArrayList<>();
    // By their numbers: the ledger knows attempts that the journal has forgotten.
    int attempts = journal.job(tenant, id).map(Job::attempts).orElse(0);
    for (int number = 1; number <= attempts; number++) {
      ledger.entryOf(new AttemptId(id, number)).ifPresent(found::add);
    }
    found.sort(Comparator.comparingLong(Ledger.Recorded::index));
    return found;
  }

  @Override
  public Checkpoint checkpoint() throws IOException {
    return ledger.checkpoint();
  }

  @Override
  public Subscription subscribe(TenantId tenant, Consumer<PipelineEvent> listener) {
    Runnable stop =
        recorder.observe(event -> {
          if (event.function().tenant().equals(tenant)) {
            listener.accept(event);
          }
        });
    return stop::run;
  }
}
