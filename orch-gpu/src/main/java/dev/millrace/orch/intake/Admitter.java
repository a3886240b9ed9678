package dev.millrace.orch.intake;

import dev.millrace.orch.intake.Looks.Told;
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
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** What admission works with. */
  public record Parts(Catalog catalog, Journal journal, Recorder recorder, Stores stores) {}

  public Admitter(Parts parts, Ulids ids, InstantSource clock) {
    this(parts, ids, clock, new Waits(PATIENCE, new Pauses(Ticker.system())));
  }

  /** How stores that do not answer are waited for: in a round, and between two. */
  record Waits(Duration patience, Pauses pauses) {}

  Admitter(Parts parts, Ulids ids, InstantSource clock, Waits waits) {
    this.catalog = parts.catalog();
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.stores = parts.stores();
    this.ids = ids;
    this.clock = clock;
    this.looks = new Looks(this::look, waits.patience());
    this.pauses = waits.pauses();
  }

  /** One round: waits for the bell when nothing is pending, else decides all that is. */
  public void round(Bell bell) throws InterruptedException {
    commit(looks.begin());
    List<PendingStore> pending = journal.pendingStores();
    pauses.keep(pending);
    List<PendingStore> asked =
        pending.stream()
            .filter(each -> pauses.isOver(each) && !looks.isSilent(each.store()))
            .toList();
    boolean stuck = asked.size() < pending.size();
    Pages pages = new Pages(journal, pauses, asked);
    // What comes meanwhile is found by the next round.
    for (List<PendingNotice> page = pages.next(looks::isSilent);
        !page.isEmpty();
        page = pages.next(looks::isSilent)) {
      stuck |= !decideAll(page);
    }
    stuck |= pause(asked);
    if (pending.isEmpty()) {
      bell.await(IDLE);
    } else if (stuck) {
      bell.await(Duration.ofSeconds(1));
    }
  }

  /** Whether one of them is silent. */
  private boolean pause(List<PendingStore> asked) {
    boolean any = false;
    for (PendingStore each : asked) {
      if (looks.isSilent(each.store())) {
        Duration length = pauses.silent(each);
        LOG.warn(
            "store {} does not answer: it is asked again in {} s, its notices wait",
            each.store(),
            length.toSeconds());
        any = true;
      } else {
        pauses.answered(each.store());
      }
    }
    return any;
  }

  /** Several look at once; what they have decided meanwhile is committed together. */
  private boolean decideAll(List<PendingNotice> batch) throws InterruptedException {
    looks.ask(batch);
    int decided = 0;
    List<Told> done = looks.next(TOGETHER);
    while (!done.isEmpty()) {
      decided += commit(done);
      done = looks.next(TOGETHER);
    }
    return decided >= batch.size();
  }

  /** How many of them are decided now. */
  private int commit(List<Told> all) {
    List<DecideNotice> decisions = new ArrayList<>();
    for (Told told : all) {
      switch (told.look()) {
        case Looks.Decided(DecideNotice decision) -> {
          decisions.add(decision);
          pauses.answered(told.store());
        }
        case Looks.Undecided(), Looks.Unanswered() -> {}
      }
    }
    List<Recorder.Undone<DecideNotice>> undone = recorder.commitAll(decisions);
    boolean refused = false;
    for (Recorder.Undone<DecideNotice> one : undone) {
      String object = one.transition().object().uri();
      switch (one) {
        case Recorder.Failed<DecideNotice> f ->
            LOG.error("deciding on {} failed", object, f.cause());
        case Recorder.Refused<DecideNotice> r -> {
          LOG.debug("{} is looked at again: {}", object, r.reason());
          refused = true;
        }
      }
    }
    if (refused) {
      // Judged by functions as they are no more; whoever deployed may not have said so yet.
      catalog.reload();
    }
    return decisions.size() - undone.size();
  }

  private Looks.Look look(PendingNotice pending) {
    try {
      return new Looks.Decided(decide(pending));
    } catch (StoreException e) {
      LOG.warn("cannot look at {} yet: {}", pending.notice().object().uri(), e.getMessage());
      return e.silent() ? new Looks.Unanswered() : new Looks.Undecided();
    } catch (RuntimeException | Error e) {
      // The outermost frame: the notice stays pending and is looked at again.
      LOG.error("looking at {} failed", pending.notice().object().uri(), e);
      return new Looks.Undecided();
    }
  }

  private DecideNotice decide(PendingNotice pending) throws StoreException {
    Notice notice = pending.notice();
    ObjectName object = notice.object();
    List<DeployedFunction> functions =
        catalog.covering(object).stream()
            .filter(f -> f.ref().tenant().equals(pending.tenant()))
            .toList();
    if (functions.isEmpty()) {
      return closed(
          pending, functions, Optional.empty(), List.of(), "no function covers it any more");
    }
    Optional<ObjectHead> head = stores.get(object.store()).head(object.bucket(), object.key());
    if (head.isEmpty()) {
      return closed(pending, functions, head, List.of(), "nothing was there any more");
    }
    List<Admission> admissions = new ArrayList<>();
    List<String> outcomes = new ArrayList<>();
    for (DeployedFunction function : functions) {
      if (journal.knows(function.ref(), object, head.get().version())) {
        outcomes.add("known to " + function.ref().name());
      } else if (beforeStart(function, head.get())) {
        outcomes.add("older than the deploy of " + function.ref().name());
      } else {
        admissions.add(admission(function, head.get()));
        outcomes.add("admitted for " + function.ref().name());
      }
    }
    return closed(pending, functions, head, admissions, String.join(", ", outcomes));
  }

  private boolean beforeStart(DeployedFunction function, ObjectHead head) {
    Optional<StartMark> mark =
        catalog.mark(function.ref(), head.name().store(), head.name().bucket());
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

  private DecideNotice closed(
      PendingNotice pending,
      List<DeployedFunction> functions,
      Optional<ObjectHead> head,
      List<Admission> admissions,
      String outcome) {
    Notice notice = pending.notice();
    VersionTag seen = head.map(ObjectHead::version).orElse(null);
    VersionTag hint = notice.hint();
    Map<FunctionRef, Integer> judged =
        functions.stream()
            .collect(Collectors.toMap(DeployedFunction::ref, DeployedFunction::revision));
    List<Overtaken> overtaken = new ArrayList<>();
    if (hint != null && !hint.equals(seen)) {
      for (FunctionRef ref : judged.keySet()) {
        overtaken.add(new Overtaken(ref, notice.object(), hint));
      }
    }
    return new DecideNotice(
        pending.tenant(),
        pending.id(),
        notice.object(),
        head.map(Admitter::alias).orElse(null),
        seen,
        judged,
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
