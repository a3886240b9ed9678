package dev.millrace.orch.intake;

import dev.millrace.orch.intake.Deferred.Cause;
import dev.millrace.orch.intake.Looks.Told;
import dev.millrace.orch.intake.Looks.Turn;
import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.orch.journal.Transition.Overtaken;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admission: looks at the object by HEAD and takes its identity from that alone. A notice whose
 * store does not answer stays pending and is tried again, after a pause that grows; those of other
 * stores do not wait for it.
 */
public final class Admitter implements AutoCloseable {
  /** An object that came through so many functions is taken for a loop. */
  public static final int DEPTH_MAX = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Admitter.class);

  /** Decisions that go to the journal at once. */
  private static final int TOGETHER = 32;

  /** How long a round waits for stores that do not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Catalog catalog;
  private final Journal journal;
  private final Recorder recorder;
  private final Stores stores;
  private final Ulids ids;
  private final InstantSource clock;
  private final Looks looks;
  private final Pauses pauses;
  private final Deferred deferred;
  private final Warnings warnings;
  private volatile Set<StoreId> away = Set.of();

  /** What admission works with. */
  public record Parts(Catalog catalog, Journal journal, Recorder recorder, Stores stores) {}

  public Admitter(Parts parts, Ulids ids, InstantSource clock, Ticker ticker) {
    this(parts, ids, clock, new Waits(PATIENCE, ticker));
  }

  /** How long a round waits for stores that do not answer, and what measures the pauses between. */
  record Waits(Duration patience, Ticker ticker) {}

  Admitter(Parts parts, Ulids ids, InstantSource clock, Waits waits) {
    this.catalog = parts.catalog();
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.stores = parts.stores();
    this.ids = ids;
    this.clock = clock;
    this.looks = new Looks(this::look, waits.patience(), waits.ticker());
    this.pauses = new Pauses(waits.ticker());
    this.deferred = new Deferred(waits.ticker());
    this.warnings = new Warnings(waits.ticker());
  }

  /** One round: waits for the bell when nothing is pending, else decides all that is. */
  public void round(Bell bell) throws InterruptedException {
    catalog.refresh();
    commit(looks.begin());
    List<PendingStore> pending = journal.pendingStores();
    pauses.keep(pending);
    deferred.keep(pending);
    List<PendingStore> asked =
        pending.stream()
            .filter(each -> pauses.isOver(each) && !looks.isSilent(each.store()))
            .toList();
    boolean stuck = asked.size() < pending.size();
    Pages pages = new Pages(journal, pauses, deferred, asked, looks.busy());
    // What comes meanwhile is found by the next round.
    for (Pages.Page page = pages.next(looks::isSilent);
        !page.isEmpty();
        page = pages.next(looks::isSilent)) {
      looks.ask(page.fresh(), Turn.FIRST);
      looks.ask(page.signs(), Turn.SIGN);
      looks.ask(page.probes(), Turn.PROBE);
      stuck |= tell() < page.size();
    }
    boolean moved = lookAgain(pages);
    stuck |= pages.isLeft();
    stuck |= pause(asked);
    away = pauses.away();
    if (pending.isEmpty()) {
      bell.await(IDLE);
    } else if (stuck && !(moved && pages.isMore())) {
      bell.await(Duration.ofSeconds(1));
    }
  }

  /** Stores that did not answer when they were asked last. For many threads. */
  public Set<StoreId> away() {
    return away;
  }

  /** Whether any look has come to something. */
  private boolean lookAgain(Pages pages) throws InterruptedException {
    looks.ask(pages.refused(), Turn.AGAIN);
    looks.ask(pages.unanswered(), Turn.LAST);
    return tell() > 0;
  }

  /** Whether one of them is silent, or was away and has not answered. */
  private boolean pause(List<PendingStore> asked) {
    boolean any = false;
    for (PendingStore each : asked) {
      if (looks.isSilent(each.store()) || pauses.isAway(each.store())) {
        Duration length = pauses.silent(each);
        any = true;
        if (warnings.due("away " + each.store()).isPresent()) {
          LOG.warn(
              "store {} does not answer: it is asked again in {} s, later every {} s, its notices"
                  + " wait",
              each.store(),
              length.toSeconds(),
              Pauses.LONGEST.toSeconds());
        }
      }
    }
    return any;
  }

  /** What is decided meanwhile is committed together; how many are. */
  private int tell() throws InterruptedException {
    int decided = 0;
    List<Told> done = looks.next(TOGETHER);
    while (!done.isEmpty()) {
      decided += commit(done);
      done = looks.next(TOGETHER);
    }
    return decided;
  }

  /** How many of them are decided now. */
  private int commit(List<Told> all) {
    List<DecideNotice> decisions = new ArrayList<>();
    for (Told told : all) {
      switch (told.look()) {
        case Looks.Decided(DecideNotice decision) -> {
          decisions.add(decision);
          answered(told.store());
          deferred.decided(told.notice(), told.store());
        }
        case Looks.Refused() -> {
          answered(told.store());
          deferred.put(told.notice(), told.store(), Cause.REFUSED);
        }
        case Looks.Unanswered() -> {
          Cause cause = told.turn().isAway() ? Cause.AWAY : Cause.UNANSWERED;
          deferred.put(told.notice(), told.store(), cause);
          if (told.turn() != Turn.SIGN) {
            deferred.probed(told.store(), told.notice());
          }
        }
        case Looks.Left() -> {}
      }
    }
    return commitAll(decisions);
  }

  private void answered(StoreId store) {
    if (pauses.isAway(store)) {
      pauses.answered(store);
      deferred.back(store);
    }
  }

  private int commitAll(List<DecideNotice> decisions) {
    List<Recorder.Undone<DecideNotice>> undone = recorder.commitAll(decisions);
    boolean refused = false;
    for (Recorder.Undone<DecideNotice> one : undone) {
      ObjectName object = one.transition().object();
      deferred.reread(object.store());
      switch (one) {
        case Recorder.Failed<DecideNotice> f ->
            LOG.error("deciding on {} failed", object.uri(), f.cause());
        case Recorder.Refused<DecideNotice> r -> {
          LOG.debug("{} is looked at again: {}", object.uri(), r.reason());
          refused = true;
        }
      }
    }
    if (refused) {
      // Decided by another coordinator, or judged by functions as they are no more.
      catalog.refresh();
    }
    return decisions.size() - undone.size();
  }

  private Looks.Look look(PendingNotice pending, AtomicBoolean asking) {
    ObjectName object = pending.notice().object();
    try {
      return new Looks.Decided(decide(pending, asking));
    } catch (StoreException e) {
      warnings
          .due(e.kind() + " " + e.silent() + " " + object.store())
          .ifPresent(more ->
              LOG.warn(
                  "cannot look at {} yet: {}; it is tried again after a pause, at most {} s ({} more"
                      + " like it in {} since this was said last)",
                  object.uri(),
                  e.getMessage(),
                  (e.silent() ? Deferred.UNANSWERED_LONGEST : Deferred.REFUSED_LONGEST).toSeconds(),
                  more,
                  object.store()));
      return e.silent() ? new Looks.Unanswered() : new Looks.Refused();
    } catch (RuntimeException | Error e) {
      // The outermost frame: the notice stays pending and is looked at again.
      warnings
          .due(e.getClass().getName() + " " + object.store())
          .ifPresent(more ->
              LOG.error(
                  "looking at {} failed; it is tried again ({} more like it in {} since this was said"
                      + " last)",
                  object.uri(),
                  more,
                  object.store(),
                  e));
      return new Looks.Refused();
    }
  }

  private DecideNotice decide(PendingNotice pending, AtomicBoolean asking) throws StoreException {
    Notice notice = pending.notice();
    ObjectName object = notice.object();
    Deployed deployed = catalog.now();
    List<DeployedFunction> functions =
        deployed.covering(object).stream()
            .filter(f -> f.ref().tenant().equals(pending.tenant()))
            .toList();
    Judged judged = new Judged(pending, deployed, functions);
    if (functions.isEmpty()) {
      return closed(judged, Optional.empty(), List.of(), "no function covers it any more");
    }
    Optional<ObjectHead> head = head(object, asking);
    if (head.isEmpty()) {
      return closed(judged, head, List.of(), "nothing was there any more");
    }
    List<Admission> admissions = new ArrayList<>();
    List<String> outcomes = new ArrayList<>();
    for (DeployedFunction function : functions) {
      if (journal.knows(function.ref(), object, head.get().version())) {
        outcomes.add("known to " + function.ref().name());
      } else if (beforeStart(deployed, function, head.get())) {
        outcomes.add("older than the deploy of " + function.ref().name());
      } else {
        admissions.add(admission(function, head.get()));
        outcomes.add("admitted for " + function.ref().name());
      }
    }
    return closed(judged, head, admissions, String.join(", ", outcomes));
  }

  private Optional<ObjectHead> head(ObjectName object, AtomicBoolean asking) throws StoreException {
    Optional<ObjectStore> store = stores.find(object.store());
    if (store.isEmpty()) {
      throw new StoreException(
          StoreException.Kind.GIVE_UP,
          "store " + object.store() + " is not configured; see stores: in millrace.yaml");
    }
    asking.set(true);
    try {
      return store.get().head(object.bucket(), object.key());
    } finally {
      asking.set(false);
    }
  }

  private static boolean beforeStart(
      Deployed deployed, DeployedFunction function, ObjectHead head) {
    Optional<StartMark> mark =
        deployed.mark(function.ref(), head.name().store(), head.name().bucket());
    if (mark.isEmpty()) {
      return false;
    }
    long second = head.lastModified().getEpochSecond();
    long start = mark.get().second().getEpochSecond();
    return second < start || (second == start && mark.get().keys().contains(head.name().key()));
  }

  private Admission admission(DeployedFunction function, ObjectHead head) {
    int depth = depth(head);
    String refusal =
        depth < DEPTH_MAX
            ? ""
            : "it came through " + depth + " functions: a loop of buckets; break it, then redrive";
    return new Admission(
        ids.job(),
        function.ref(),
        new InputRef(head.name(), head.version(), head.eTag(), head.size(), head.lastModified()),
        order(head),
        depth,
        function.spec().rules().priority(),
        refusal);
  }

  private static int depth(ObjectHead head) {
    String text = head.metadata().getOrDefault(ObjectHead.DEPTH, "0");
    return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : DEPTH_MAX;
  }

  private static long order(ObjectHead head) {
    return switch (head.version()) {
      case VersionTag.Generation(long number) -> number;
      case VersionTag.VersionId v -> micros(head.lastModified());
      case VersionTag.ETagAt e -> micros(head.lastModified());
    };
  }

  private static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000L + time.getNano() / 1_000;
  }

  /** By whom it is judged, and what else was deployed then. */
  private record Judged(
      PendingNotice pending, Deployed deployed, List<DeployedFunction> functions) {}

  private DecideNotice closed(
      Judged judged, Optional<ObjectHead> head, List<Admission> admissions, String outcome) {
    PendingNotice pending = judged.pending();
    Notice notice = pending.notice();
    VersionTag seen = head.map(ObjectHead::version).orElse(null);
    VersionTag hint = notice.hint();
    Set<FunctionRef> by =
        judged.functions().stream().map(DeployedFunction::ref).collect(Collectors.toSet());
    List<Overtaken> overtaken = new ArrayList<>();
    if (hint != null && !hint.equals(seen)) {
      for (FunctionRef ref : by) {
        overtaken.add(new Overtaken(ref, notice.object(), hint));
      }
    }
    return new DecideNotice(
        pending.tenant(),
        pending.id(),
        notice.object(),
        head.map(Admitter::alias).orElse(null),
        seen,
        judged.deployed().deploys(pending.tenant()),
        by,
        admissions,
        overtaken,
        outcome,
        clock.instant());
  }

  private static String alias(ObjectHead head) {
    return new ListedObject(head.name().key(), head.eTag(), head.size(), head.lastModified())
        .alias();
  }

  @Override
  public void close() {
    looks.close();
  }
}
