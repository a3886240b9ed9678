package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admission: looks at the object by HEAD and takes its identity from that alone. A notice whose
 * store does not answer stays pending and is tried again.
 */
public final class Admitter implements AutoCloseable {
  /** An object that came through so many functions is taken for a loop. */
  public static final int DEPTH_MAX = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Admitter.class);
  private static final int AT_ONCE = 16;

  /** Looks at once while keeping notices comes first: a store far away is slow with one alone. */
  private static final int FEW = 4;

  /** A notice that is undecided for so long is looked at as fast as may be, whoever waits. */
  private static final Duration BEHIND = Duration.ofSeconds(1);

  private static final int BATCH = 256;
  private static final int CHUNK = 64;
  private static final Duration IDLE = Duration.ofSeconds(5);

  private final Catalog catalog;
  private final Journal journal;
  private final Recorder recorder;
  private final Stores stores;
  private final Ulids ids;
  private final InstantSource clock;
  private final Inflow inflow;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /** What admission works with. */
  public record Parts(
      Catalog catalog, Journal journal, Recorder recorder, Stores stores, Inflow inflow) {}

  public Admitter(Parts parts, Ulids ids, InstantSource clock) {
    this.catalog = parts.catalog();
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.stores = parts.stores();
    this.inflow = parts.inflow();
    this.ids = ids;
    this.clock = clock;
  }

  /** One round: waits for the bell when nothing is pending, else decides all that is. */
  public void round(Bell bell) throws InterruptedException {
    boolean any = false;
    boolean stuck = false;
    long after = 0;
    boolean more = true;
    while (more) {
      List<PendingNotice> batch = journal.pendingNotices(after, BATCH);
      if (!batch.isEmpty()) {
        any = true;
        stuck |= !decideAll(batch);
        after = batch.getLast().id();
      }
      // What came meanwhile is found by the next round.
      more = batch.size() == BATCH;
    }
    if (!any) {
      bell.await(IDLE);
    } else if (stuck) {
      bell.await(Duration.ofSeconds(1));
    }
  }

  private boolean decideAll(List<PendingNotice> batch) throws InterruptedException {
    List<PendingNotice> left = new ArrayList<>();
    for (int from = 0; from < batch.size(); from += CHUNK) {
      List<PendingNotice> chunk = batch.subList(from, Math.min(batch.size(), from + CHUNK));
      if (inflow.pours()) {
        decideSlowly(chunk, left);
      } else {
        decideAtOnce(chunk, left);
      }
    }
    synchronized (left) {
      return left.isEmpty();
    }
  }

  private void decideAtOnce(List<PendingNotice> chunk, List<PendingNotice> left)
      throws InterruptedException {
    for (PendingNotice pending : chunk) {
      begin(
          places, () -> look(pending, left).ifPresent(decided -> commit(decided, pending, left)));
    }
    places.acquire(AT_ONCE);
    places.release(AT_ONCE);
  }

  /** A few looks at a time, then what was decided goes to the journal together, as one commit. */
  private void decideSlowly(List<PendingNotice> chunk, List<PendingNotice> left)
      throws InterruptedException {
    Map<PendingNotice, DecideNotice> decided = new ConcurrentHashMap<>();
    Instant oldest = chunk.getFirst().notice().receivedAt();
    boolean behind = Duration.between(oldest, clock.instant()).compareTo(BEHIND) > 0;
    int atOnce = behind ? AT_ONCE : FEW;
    Semaphore looks = new Semaphore(atOnce);
    for (PendingNotice pending : chunk) {
      begin(
          looks,
          () -> look(pending, left).ifPresent(decision -> decided.put(pending, decision)));
    }
    looks.acquire(atOnce);
    CountDownLatch open = new CountDownLatch(decided.size());
    decided.forEach((pending, decision) ->
        workers.execute(() -> {
          try {
            commit(decision, pending, left);
          } finally {
            open.countDown();
          }
        }));
    open.await();
  }

  private void begin(Semaphore places, Runnable work) throws InterruptedException {
    places.acquire();
    workers.execute(() -> {
      try {
        work.run();
      } finally {
        places.release();
      }
    });
  }

  private void commit(DecideNotice decided, PendingNotice pending, List<PendingNotice> left) {
    try {
      recorder.commit(decided);
    } catch (RuntimeException e) {
      // The outermost frame: the notice stays pending and is looked at again.
      LOG.error("deciding on {} failed", pending.notice().object().uri(), e);
      keep(left, pending);
    }
  }

  private Optional<DecideNotice> look(PendingNotice pending, List<PendingNotice> left) {
    try {
      return Optional.of(decide(pending));
    } catch (StoreException e) {
      LOG.warn("cannot look at {} yet: {}", pending.notice().object().uri(), e.getMessage());
      keep(left, pending);
    } catch (RuntimeException e) {
      // The outermost frame: the notice stays pending and is looked at again.
      LOG.error("looking at {} failed", pending.notice().object().uri(), e);
      keep(left, pending);
    }
    return Optional.empty();
  }

  private static void keep(List<PendingNotice> left, PendingNotice pending) {
    synchronized (left) {
      left.add(pending);
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
    List<FunctionRef> refs = functions.stream().map(DeployedFunction::ref).toList();
    List<Overtaken> overtaken = new ArrayList<>();
    if (hint != null && !hint.equals(seen)) {
      for (FunctionRef ref : refs) {
        overtaken.add(new Overtaken(ref, notice.object(), hint));
      }
    }
    return new DecideNotice(
        pending.tenant(),
        pending.id(),
        notice.object(),
        head.map(Admitter::alias).orElse(null),
        seen,
        refs,
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
    workers.close();
  }
}
