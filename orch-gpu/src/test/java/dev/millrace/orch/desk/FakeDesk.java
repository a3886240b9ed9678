package dev.millrace.orch.desk;

import dev.millrace.fdl.FdlReader;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A desk with what a test puts on it. */
public final class FakeDesk implements FrontDesk {
  public final Map<JobId, JobView> jobs =
      new ConcurrentSkipListMap<>(Comparator.comparing(JobId::value));
  public final Map<AttemptId, SignedBytes> orders = new ConcurrentHashMap<>();
  public final Map<AttemptId, String> lostLogs = new ConcurrentHashMap<>();
  public final Map<AttemptId, Printed> running = new ConcurrentHashMap<>();
  public final AtomicInteger logsAsked = new AtomicInteger();
  public final List<AttemptId> atTheirEnd = new CopyOnWriteArrayList<>();
  public final Map<AttemptId, byte[]> logs = new ConcurrentHashMap<>();
  public final Map<FunctionName, DeployedFunction> functions = new ConcurrentHashMap<>();
  public final Map<String, byte[]> files = new ConcurrentHashMap<>();
  public final Map<String, List<ListedObject>> objects = new ConcurrentHashMap<>();
  public final List<String> folders = new CopyOnWriteArrayList<>();
  public final List<DeviceReport> devices = new CopyOnWriteArrayList<>();
  public final List<String> wishes = new CopyOnWriteArrayList<>();
  public final List<Deployed> deployments = new CopyOnWriteArrayList<>();
  public final FakeLedger ledger = new FakeLedger();
  public final List<Consumer<PipelineEvent>> listeners = new CopyOnWriteArrayList<>();
  public volatile Deployment nextDeployment = new Deployment.Done(List.of(), List.of());
  public volatile Answer nextAnswer = new Answer.Ok();

  /** Objects of which a notice was not looked at yet. */
  public final Set<ObjectName> undecided = ConcurrentHashMap.newKeySet();

  public volatile URI store = URI.create("http://127.0.0.1:1/");

  /** What somebody asked to deploy. */
  public record Deployed(
      TenantId tenant,
      String fileName,
      String fdl,
      Map<String, String> scripts,
      Map<String, String> files,
      boolean backfill) {}

  /** Puts a job on the desk. */
  public void add(JobView view) {
    jobs.put(view.job().id(), view);
  }

  /** Puts the functions of an FDL file on the desk. */
  public void furnish(String fdl) {
    FdlReader.read(
            "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), new DeployParts(Map.of(), Map.of()))
        .functions()
        .forEach(spec ->
            functions.put(
                spec.name(),
                new DeployedFunction(
                    new FunctionRef(Jobs.TENANT, spec.name()), 1, spec, List.of(), Jobs.NOW)));
  }

  @Override
  public String keepFile(InputStream bytes) throws IOException {
    byte[] all = bytes.readAllBytes();
    String digest = Hex.of(Hex.sha256(all));
    files.put(digest, all);
    return digest;
  }

  @Override
  public Deployment deploy(TenantId tenant, Sent sent, Carrier carrier) {
    deployments.add(
        new Deployed(
            tenant,
            sent.fileName(),
            new String(sent.fdl()),
            sent.scripts(),
            sent.files(),
            sent.backfill()));
    return nextDeployment;
  }

  @Override
  public List<DeployedFunction> functions(TenantId tenant) {
    return List.copyOf(functions.values());
  }

  @Override
  public boolean remove(TenantId tenant, FunctionName function) {
    return functions.remove(function) != null;
  }

  @Override
  public URI uploadUrl(TenantId tenant, ObjectName object) {
    if (object.key().startsWith(".millrace/")) {
      throw new IllegalArgumentException("keys under .millrace/ are Millrace's own");
    }
    return store.resolve("/" + object.bucket() + "/" + object.key());
  }

  @Override
  public URI uploadUrl(TenantId tenant, ObjectName object, UploadStep step) {
    return URI.create(uploadUrl(tenant, object) + "?step=" + step.getClass().getSimpleName());
  }

  @Override
  public URI downloadUrl(TenantId tenant, ObjectName object) {
    return store.resolve("/" + object.bucket() + "/" + object.key());
  }

  @Override
  public List<ListedBucket> buckets(TenantId tenant, StoreId asked) {
    return objects.keySet().stream()
        .sorted()
        .map(name -> new ListedBucket(name, Instant.parse("2026-01-02T03:04:05Z")))
        .toList();
  }

  /** Rows ask for what starts with the prefix; nothing is folded into folders here. */
  @Override
  public Optional<FolderPage> objects(TenantId tenant, Listing listing) {
    List<ListedObject> all = objects.get(listing.bucket());
    if (all == null) {
      return Optional.empty();
    }
    List<ListedObject> left =
        all.stream()
            .filter(row -> row.key().startsWith(listing.prefix()))
            .filter(row -> row.key().compareTo(listing.token()) > 0)
            .toList();
    List<ListedObject> page = left.subList(0, Math.min(listing.max(), left.size()));
    return Optional.of(
        new FolderPage(
            listing.folders() ? folders : List.of(),
            page,
            left.size() > listing.max() ? page.getLast().key() : null));
  }

  @Override
  public List<Job> jobs(TenantId tenant, JobFilter filter) {
    List<Job> all = new ArrayList<>(jobs.values().stream().map(JobView::job).toList());
    return all.reversed().stream()
        .filter(j -> filter.states().isEmpty() || filter.states().contains(j.state()))
        .filter(j -> filter.function() == null || filter.function().equals(j.function().name()))
        .filter(
            j -> filter.before() == null || j.id().value().compareTo(filter.before().value()) < 0)
        .filter(j -> fits(j, filter.input()))
        .limit(filter.max())
        .toList();
  }

  private static boolean fits(Job job, JobFilter.@Nullable Input input) {
    return input == null
        || job.input().name().store().equals(input.store())
            && job.input().name().bucket().equals(input.bucket())
            && (input.key() == null || job.input().name().key().equals(input.key()));
  }

  @Override
  public Map<JobState, Long> counts(TenantId tenant) {
    Map<JobState, Long> counts = new EnumMap<>(JobState.class);
    jobs.values().forEach(v -> counts.merge(v.job().state(), 1L, Long::sum));
    return counts;
  }

  @Override
  public Optional<JobView> job(TenantId tenant, JobId id) {
    return Optional.ofNullable(jobs.get(id));
  }

  @Override
  public Optional<SignedBytes> order(TenantId tenant, AttemptId attempt) {
    return Optional.ofNullable(orders.get(attempt));
  }

  @Override
  public RunLog log(TenantId tenant, AttemptId attempt) {
    logsAsked.incrementAndGet();
    if (lostLogs.containsKey(attempt)) {
      return new RunLog.Gone(lostLogs.get(attempt));
    }
    Printed printed = running.get(attempt);
    if (printed != null) {
      return new RunLog.Running(printed, printed.full());
    }
    if (atTheirEnd.contains(attempt)) {
      return new RunLog.AtItsEnd(new ProviderId("far"));
    }
    byte[] text = logs.get(attempt);
    return text == null ? new RunLog.None() : new RunLog.Text(new ByteArrayInputStream(text));
  }

  @Override
  public Answer cancel(TenantId tenant, JobId id) {
    return wish("cancel", id);
  }

  @Override
  public Answer redrive(TenantId tenant, JobId id) {
    return wish("redrive", id);
  }

  @Override
  public Answer discard(TenantId tenant, JobId id) {
    return wish("discard", id);
  }

  private Answer wish(String what, JobId id) {
    wishes.add(what + " " + id);
    return jobs.containsKey(id) ? nextAnswer : new Answer.NotFound();
  }

  @Override
  public List<DeviceReport> devices() {
    return devices;
  }

  @Override
  public Explanation explain(TenantId tenant, ObjectName object, int max) {
    List<JobId> made =
        jobs.values().stream()
            .filter(view -> view.job().input().name().equals(object))
            .map(view -> view.job().id())
            .sorted(Comparator.comparing(JobId::value).reversed())
            .toList();
    String end = made.isEmpty() ? "No job was made." : "It became job " + made.getFirst() + ".";
    return new Explanation(
        object,
        List.of("It was written to store " + object.store() + ".", end),
        made.subList(0, Math.min(max, made.size())),
        undecided.contains(object),
        new ObjectTally(made.size(), made.size(), 0));
  }

  @Override
  public Ledger ledger() {
    return ledger;
  }

  @Override
  public List<Ledger.Recorded> ledgerOf(TenantId tenant, JobId id) {
    return ledger.recorded.stream().filter(r -> r.entry().attempt().job().equals(id)).toList();
  }

  @Override
  public Checkpoint checkpoint() throws IOException {
    return ledger.checkpoint();
  }

  @Override
  public Subscription subscribe(TenantId tenant, Consumer<PipelineEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Tells all that listen. */
  public void happen(PipelineEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }
}
