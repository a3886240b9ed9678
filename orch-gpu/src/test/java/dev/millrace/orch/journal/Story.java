package dev.millrace.orch.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Commit.Committed;
import dev.millrace.orch.journal.Commit.Conflict;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.Price;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.function.Rules;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Short words for what happens to a journal, so that tests read as what they are about. */
public final class Story {
  /** Gets the entries of its providers. */
  public static final String LEDGER = "l";

  public static final TenantId TENANT = new TenantId("main");
  public static final StoreId STORE = StoreId.EMBEDDED;
  public static final String BUCKET = "in";
  public static final FunctionRef RESIZE = new FunctionRef(TENANT, new FunctionName("resize"));
  public static final ProviderId HOST = new ProviderId("host-1");
  public static final PoolId POOL = new PoolId("local");
  public static final AcceleratorId GPU = new AcceleratorId("host-1/gpu-0");
  public static final Instant T0 = Instant.parse("2026-01-02T03:04:05.678901Z");
  public static final SignedBytes SIGNED =
      new SignedBytes(
          "millrace.order.v1",
          new byte[] {0, 1, -1, 13, 10},
          "0123456789abcdef0123456789abcdef",
          new byte[] {9, 0, -128});

  private final Journal journal;
  private final Ulids ulids = new Ulids(() -> T0, new Random(1));

  public Story(Journal journal) {
    this.journal = journal;
  }

  public static ObjectName object(String key) {
    return new ObjectName(STORE, BUCKET, key);
  }

  public static VersionTag version(long generation) {
    return new VersionTag.Generation(generation);
  }

  public static Slice slice(AcceleratorId device, long mib, int percent) {
    return new Slice(device, new MemoryMib(mib), percent);
  }

  public static Accelerator device(ProviderId owner, AcceleratorId id, long mib) {
    return new Accelerator(
        id,
        owner,
        POOL,
        AcceleratorKind.GPU,
        "Test GPU 'X'",
        "GPU-" + id,
        new MemoryMib(mib),
        0,
        Enforcement.WATCHDOG,
        true);
  }

  public static DeployedFunction function(FunctionRef ref, int revision) {
    return function(ref, revision, new InputRule(STORE, BUCKET, "", List.of(), List.of(".fa")));
  }

  /** One of its own that reads all of a bucket. */
  public static DeployedFunction reading(StoreId store, String bucket) {
    FunctionRef ref = new FunctionRef(TENANT, new FunctionName("reads-" + bucket));
    return function(ref, 1, new InputRule(store, bucket, "", List.of(), List.of()));
  }

  /** The same with another input. */
  public static DeployedFunction function(FunctionRef ref, int revision, InputRule input) {
    FunctionSpec spec =
        new FunctionSpec(
            ref.name(),
            "millrace",
            new Code(null, "echo \"ü\"\n\tcat", List.of("a.java")),
            new Resources(new MemoryMib(512), 1500, AcceleratorRequest.cpu(new MemoryMib(512), 50)),
            Rules.defaults(),
            Map.of("A", "b", "EMPTY", ""),
            Map.of(),
            List.of(),
            List.of(input),
            List.of(new OutputRule(STORE, "out", "x", List.of(), List.of())),
            new Price(new Money(12_345, "EUR")),
            Map.of());
    FunctionFile file = new FunctionFile("a.java", "0".repeat(64), 17);
    return new DeployedFunction(ref, revision, spec, List.of(file), T0);
  }

  /** What must have been committed; fails with the conflict's reason. */
  public Committed done(Transition transition) {
    Commit commit = journal.commit(transition);
    assertThat(commit).isInstanceOf(Committed.class);
    return (Committed) commit;
  }

  /** The reason for which nothing was changed. */
  public String refused(Transition transition) {
    Commit commit = journal.commit(transition);
    assertThat(commit).isInstanceOf(Conflict.class);
    return ((Conflict) commit).reason();
  }

  public static Notice notice(String key) {
    return new Notice("listing", object(key), null, T0);
  }

  /** Accepts a notice and says its number. */
  public long noticed(TenantId tenant, String key) {
    done(new Transition.AcceptNotices(tenant, List.of(notice(key))));
    return journal.pendingNotices(0, 100_000).getLast().id();
  }

  public Admission admission(FunctionRef function, String key, long generation) {
    return admission(function, key, generation, "");
  }

  public Admission admission(FunctionRef function, String key, long generation, String refusal) {
    InputRef input = new InputRef(object(key), version(generation), "e" + generation, 7, T0);
    return new Admission(ulids.job(), function, input, generation, 0, 0, refusal);
  }

  public Transition.DecideNotice decision(long notice, String key, Admission... admissions) {
    List<Admission> list = List.of(admissions);
    VersionTag seen = list.isEmpty() ? null : list.getFirst().input().version();
    String alias = seen == null ? null : seen.text() + "#7";
    List<FunctionRef> functions = list.stream().map(Admission::function).toList();
    TenantId tenant = list.isEmpty() ? TENANT : functions.getFirst().tenant();
    return new Transition.DecideNotice(
        tenant,
        notice,
        object(key),
        alias,
        seen,
        deploys(tenant),
        Set.copyOf(functions),
        list,
        List.of(),
        "decided",
        T0);
  }

  /** How often a tenant has deployed or removed anything. */
  public long deploys(TenantId tenant) {
    return journal.tenantDeploys().getOrDefault(tenant, 0L);
  }

  /** A waiting job of a new object. */
  public JobId admitted(String key) {
    return admitted(RESIZE, key, 1);
  }

  public JobId admitted(FunctionRef function, String key, long generation) {
    Admission admission = admission(function, key, generation);
    done(decision(noticed(function.tenant(), key), key, admission));
    return admission.job();
  }

  /** A provider with one GPU of so much memory. */
  public void host(long mib) {
    register(HOST, device(HOST, GPU, mib));
  }

  public void register(ProviderId provider, Accelerator... devices) {
    done(registration(provider, devices));
  }

  public Transition.RegisterProvider registration(ProviderId provider, Accelerator... devices) {
    return new Transition.RegisterProvider(
        new ProviderRecord(provider, POOL, "a2V5", Arrays.asList(devices), T0), LEDGER);
  }

  public Transition.PlaceAttempt placement(JobId job, int number, Slice... slices) {
    return new Transition.PlaceAttempt(
        TENANT,
        new AttemptId(job, number),
        1,
        HOST,
        POOL,
        List.of(slices),
        journal.reserveTokens(1),
        SIGNED,
        Duration.ofSeconds(30),
        T0.plusSeconds(60),
        T0);
  }

  /** A token, after its attempt was placed. */
  public long placed(JobId job, int number, Slice... slices) {
    Transition.PlaceAttempt placement = placement(job, number, slices);
    done(placement);
    return placement.token();
  }

  public Transition.StageAttempt staging(JobId job, int number, long token) {
    return new Transition.StageAttempt(TENANT, new AttemptId(job, number), token, T0);
  }

  public RunId run() {
    return ulids.run();
  }

  public Transition.ClaimAttempt claim(JobId job, int number, long token, RunId run) {
    return new Transition.ClaimAttempt(
        TENANT, new AttemptId(job, number), token, run, T0.plusSeconds(90), T0);
  }

  public Transition.RenewLease renewal(JobId job, long token, RunId run, long counter) {
    return new Transition.RenewLease(TENANT, new AttemptId(job, 1), token, run, counter);
  }

  public static LedgerEntry entry(AttemptId attempt) {
    return new LedgerEntry(
        attempt, new LedgerEntry.Unattested("no receipt"), T0, T0.plusSeconds(1), null, null);
  }

  public static Transition.EndAttempt ending(
      AttemptId attempt, long token, @Nullable RunId run, Next next) {
    return ending(attempt, token, run, "succeeded", next);
  }

  public static Transition.EndAttempt ending(
      AttemptId attempt, long token, @Nullable RunId run, String outcome, Next next) {
    return new Transition.EndAttempt(
        TENANT,
        attempt,
        token,
        run,
        outcome,
        3,
        "because",
        SIGNED,
        new LeaseEnd.Free(),
        next,
        entry(attempt),
        T0.plusSeconds(2));
  }

  /** A job whose first attempt on {@link #GPU} runs. */
  public Running running(String key) {
    return running(admitted(key));
  }

  public Running running(JobId job) {
    int number = journal.job(TENANT, job).orElseThrow().attempts() + 1;
    long token = placed(job, number, slice(GPU, 10, 1));
    done(staging(job, number, token));
    RunId run = run();
    done(claim(job, number, token, run));
    return new Running(new AttemptId(job, number), token, run);
  }

  /** An attempt that a run has claimed. */
  public record Running(AttemptId attempt, long token, RunId run) {
    public Transition.EndAttempt ends(Next next) {
      return ending(attempt, token, run, next);
    }

    public JobId job() {
      return attempt.job();
    }
  }

  /** A job whose result waits to be published. */
  public JobId produced(String key, long generation) {
    Running running = running(admitted(RESIZE, key, generation));
    done(running.ends(new Next.Produced()));
    return running.job();
  }

  /** A job that rests as dead. */
  public JobId dead(String key) {
    Running running = running(key);
    done(running.ends(new Next.Ended(JobState.DEAD, "broken for good")));
    return running.job();
  }

  public static Transition.BeginPublication publication(JobId job) {
    return new Transition.BeginPublication(TENANT, job, T0);
  }

  public static Transition.FinishPublication published(JobId job, String... keys) {
    return new Transition.FinishPublication(
        TENANT,
        job,
        Arrays.stream(keys)
            .map(key -> new PublishedObject(job, object(key), "f".repeat(64), 5, T0))
            .toList(),
        T0);
  }

  public Job job(JobId id) {
    return journal.job(TENANT, id).orElseThrow();
  }

  public JobState state(JobId id) {
    return job(id).state();
  }
}
