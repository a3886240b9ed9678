package dev.millrace.orch.dispatch;

import dev.millrace.orch.flow.Flows;
import dev.millrace.orch.flow.Settings;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.orch.journal.Transition.PlaceAttempt;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.plan.Decision;
import dev.millrace.orch.plan.Only;
import dev.millrace.orch.plan.Plan;
import dev.millrace.orch.plan.PlanInput;
import dev.millrace.orch.plan.Planner;
import dev.millrace.orch.plan.Policy;
import dev.millrace.orch.plan.WaitReason;
import dev.millrace.orch.plan.WaitingJob;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Places waiting jobs: reads queue and fleet, asks the planner, and commits each placement; the
 * journal is the arbiter, and a conflict means that the next round plans again.
 */
public final class Dispatcher implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(5);
  private static final String BEHIND = "more jobs wait before it than a plan looks at";

  private final Journal journal;
  private final Recorder recorder;
  private final Catalog catalog;
  private final FleetBook fleet;
  private final Orders orders;
  private final Flows flows;
  private final Confidants confidants;
  private final Settings settings;
  private final Policy policy;
  private final InstantSource clock;
  private final Map<JobId, String> waiting = new ConcurrentHashMap<>();
  private final QueueView view;
  private boolean settled;
  private volatile boolean full;
  private final ExecutorService committers = Executors.newVirtualThreadPerTaskExecutor();

  /** What dispatching works with. */
  public record Parts(
      Journal journal,
      Recorder recorder,
      Catalog catalog,
      FleetBook fleet,
      Orders orders,
      Flows flows,
      Delivery delivery) {}

  public Dispatcher(
      Parts parts, Settings settings, Policy policy, InstantSource clock, Ticker ticker) {
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.catalog = parts.catalog();
    this.fleet = parts.fleet();
    this.orders = parts.orders();
    this.flows = parts.flows();
    this.confidants = new Confidants(parts.delivery());
    this.settings = settings;
    this.policy = policy;
    this.clock = clock;
    this.view = new QueueView(journal, catalog, parts.delivery()::withheld, ticker);
  }

  /** Hears that jobs of a function wait; a hint that may be lost. */
  public void hear(FunctionRef function) {
    view.hear(function);
  }

  /** Why a waiting job waits, by the last plan that saw it or passed it over. */
  public Optional<String> waitingFor(Job job) {
    return view.withheld(job.function())
        .or(() -> Optional.ofNullable(waiting.get(job.id())))
        .or(() -> full ? Optional.of(BEHIND) : Optional.empty());
  }

  /**
   * One round: places what can be placed; when nothing could, or nothing is left, waits for the
   * bell or the next due job.
   */
  public void round(Bell bell) throws InterruptedException {
    int placed = placeAll();
    if (placed == 0 || settled) {
      Instant now = clock.instant();
      Duration wait =
          journal
              .nextPlannable(now)
              .map(due -> Duration.between(now, due).plusMillis(1))
              .filter(due -> due.compareTo(IDLE) < 0)
              .orElse(IDLE);
      bell.await(wait);
    }
  }

  /**
   * Plans once and commits the plan.
   *
   * @return how many jobs were placed or refused
   */
  public int placeAll() throws InterruptedException {
    Instant now = clock.instant();
    catalog.refresh();
    List<Job> queue = view.read(now);
    full = queue.size() >= view.depth();
    if (queue.isEmpty()) {
      waiting.clear();
      return 0;
    }
    FleetBook.Page page = fleet.read();
    Confidants.Page trusted = confidants.page(page.accelerators().values());
    Map<JobId, Job> jobs = new HashMap<>();
    List<WaitingJob> candidates = new ArrayList<>();
    for (Job job : queue) {
      Optional<DeployedFunction> function = catalog.find(job.function());
      if (function.isPresent()) {
        jobs.put(job.id(), job);
        candidates.add(waiting(job, function.get(), trusted.only(function.get())));
      }
    }
    Plan plan = Planner.plan(new PlanInput(candidates, page.usage(), page.fleet(), policy, now));
    if (!view.near()) {
      waiting.keySet().removeIf(id -> !jobs.containsKey(id));
    }
    view.keepInSight(reserving(plan));
    int done = carryOut(plan, jobs, page);
    settled = done == acted(plan) && plan.undecided() == 0 && told(plan, jobs, queue.size());
    view.carriedOut(done);
    return done;
  }

  /**
   * Whether whoever still waits was told why by this very plan, so that the next one waits for
   * something new. Behind a full view more jobs of what was started may have room.
   */
  private boolean told(Plan plan, Map<JobId, Job> jobs, int seen) {
    Set<FunctionRef> stuck = new HashSet<>();
    Set<FunctionRef> went = new HashSet<>();
    for (Decision decision : plan.decisions()) {
      Job job = jobs.get(decision.job());
      if (job != null) {
        (decision instanceof Decision.Wait ? stuck : went).add(job.function());
      }
    }
    return seen < view.depth() || stuck.containsAll(went);
  }

  private static Set<JobId> reserving(Plan plan) {
    return plan.decisions().stream()
        .filter(Decision.Wait.class::isInstance)
        .map(Decision.Wait.class::cast)
        .filter(wait -> wait.reason().cause() == WaitReason.Cause.RESERVING)
        .map(Decision::job)
        .collect(Collectors.toSet());
  }

  private static long acted(Plan plan) {
    return plan.decisions().stream().filter(d -> !(d instanceof Decision.Wait)).count();
  }

  private static WaitingJob waiting(Job job, DeployedFunction function, @Nullable Only only) {
    Resources resources = function.spec().resources();
    Duration deadline = function.spec().rules().deadline();
    return new WaitingJob(
        job.id(),
        job.function(),
        resources.accelerator(),
        resources.memory(),
        resources.cpuMillis(),
        job.priority(),
        job.admission(),
        job.notBefore().isAfter(job.admittedAt()) ? job.notBefore() : job.admittedAt(),
        deadline == null ? null : job.admittedAt().plus(deadline),
        only);
  }

  private int carryOut(Plan plan, Map<JobId, Job> jobs, FleetBook.Page page)
      throws InterruptedException {
    Map<AcceleratorId, Accelerator> accelerators = page.accelerators();
    long starts = plan.starts().size();
    long token = starts == 0 ? 0 : journal.reserveTokens(starts);
    String held =
        page.heldUntil()
            .map(until ->
                "; devices of providers elsewhere are held until "
                    + until
                    + ", since what ran before a restore may still use them")
            .orElse("");
    List<Future<Boolean>> placements = new ArrayList<>();
    for (Decision decision : plan.decisions()) {
      Job job = jobs.get(decision.job());
      if (job == null) {
        continue;
      }
      switch (decision) {
        case Decision.Start start -> {
          long mine = token++;
          waiting.remove(job.id());
          placements.add(committers.submit(() -> place(job, start, mine, accelerators)));
        }
        case Decision.Wait wait -> waiting.put(job.id(), wait.reason().text() + held);
        case Decision.Refuse refuse ->
            placements.add(committers.submit(() -> refuse(job, refuse.reason())));
      }
    }
    int done = 0;
    for (Future<Boolean> placement : placements) {
      try {
        done += placement.get() ? 1 : 0;
      } catch (java.util.concurrent.ExecutionException e) {
        throw new IllegalStateException("a placement failed; the next round plans again", e);
      }
    }
    return done;
  }

  private boolean refuse(Job job, String reason) {
    return recorder.commit(
            new EndJob(
                job.function().tenant(),
                job.id(),
                JobState.WAITING,
                JobState.REFUSED,
                reason,
                clock.instant()))
        instanceof Commit.Committed;
  }

  private boolean place(
      Job job, Decision.Start start, long token, Map<AcceleratorId, Accelerator> accelerators) {
    DeployedFunction function = catalog.find(job.function()).orElseThrow();
    AttemptId attempt = new AttemptId(job.id(), job.attempts() + 1);
    Instant now = clock.instant();
    List<SliceGrant> grants = new ArrayList<>();
    List<Slice> slices = whole(start.slices(), function, accelerators);
    for (Slice slice : slices) {
      Accelerator device = accelerators.get(slice.accelerator());
      if (device == null) {
        return false;
      }
      grants.add(
          new SliceGrant(
              slice, device.kind(), device.address(), device.enforcement(), device.simulated()));
    }
    SignedBytes order =
        orders.sign(
            new Order(
                attempt,
                token,
                start.pool(),
                start.provider(),
                function,
                job.input(),
                grants,
                limits(function),
                now,
                now.plus(settings.claimWithin())));
    Commit commit =
        recorder.commit(
            new PlaceAttempt(
                job.function().tenant(),
                attempt,
                function.revision(),
                start.provider(),
                start.pool(),
                slices,
                token,
                order,
                settings.leaseDuration(),
                now.plus(function.spec().rules().timeout()).plus(settings.stopGrace()),
                now));
    if (commit instanceof Commit.Conflict(String reason)) {
      waiting.put(job.id(), reason);
      return false;
    }
    flows.start(job.function().tenant(), job.id());
    return true;
  }

  /** Who has a device to itself holds all of it: then the journal lets nobody else in. */
  private static List<Slice> whole(
      List<Slice> slices, DeployedFunction function, Map<AcceleratorId, Accelerator> accelerators) {
    if (function.spec().resources().accelerator().sharing() == Sharing.SHARED) {
      return slices;
    }
    List<Slice> whole = new ArrayList<>();
    for (Slice slice : slices) {
      Accelerator device = accelerators.get(slice.accelerator());
      whole.add(
          new Slice(slice.accelerator(), device == null ? slice.memory() : device.memory(), 100));
    }
    return whole;
  }

  private Limits limits(DeployedFunction function) {
    return new Limits(
        function.spec().rules().timeout(),
        function.spec().resources().memory(),
        function.spec().resources().cpuMillis(),
        function.spec().rules().network(),
        settings.logMaxBytes(),
        settings.leaseDuration());
  }

  @Override
  public void close() {
    committers.close();
  }
}
