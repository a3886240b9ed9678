package dev.millrace.orch.dispatch;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The queue's head, as far as a plan needs it. Jobs of one function want the same: where one
 * tenant's jobs go by priority and age alone, a few of each function that has any tell as much as
 * all of them. A function that nobody has heard of is found by the wide look, once a second. One
 * thread reads; anyone may say what it has heard.
 */
final class QueueView {
  /** How many jobs say all that there is to say of a head of one sort. */
  static final int NEAR = 128;

  /** How many say it where no more than a few of them are placed at a time. */
  private static final int FEW = 32;

  private static final int WIDE = 1_000;
  private static final int EACH = 32;
  private static final Duration LOOK_PAUSE = Duration.ofSeconds(1);

  private final Journal journal;
  private final Catalog catalog;
  private final Function<DeployedFunction, Optional<String>> reason;
  private final Ticker ticker;
  private final Map<FunctionRef, String> withheld = new ConcurrentHashMap<>();
  private final Set<FunctionRef> asked = new HashSet<>();
  private final Set<FunctionRef> heard = ConcurrentHashMap.newKeySet();
  private Set<JobId> kept = Set.of();
  private int depth = NEAR;
  private boolean near;
  private long wideAt;

  /**
   * @param reason why no job of a function may be placed anywhere now; empty where some may
   */
  QueueView(
      Journal journal,
      Catalog catalog,
      Function<DeployedFunction, Optional<String>> reason,
      Ticker ticker) {
    this.journal = journal;
    this.catalog = catalog;
    this.reason = reason;
    this.ticker = ticker;
    this.wideAt = ticker.nanos() - LOOK_PAUSE.toNanos();
  }

  /** Hears that jobs of a function wait; a hint that may be lost. */
  void hear(FunctionRef function) {
    heard.add(function);
  }

  /** Hears for which jobs the last plan keeps room free: no plan may overlook them. */
  void keepInSight(Set<JobId> jobs) {
    kept = Set.copyOf(jobs);
  }

  /**
   * Hears how many jobs of the last view were placed or refused: where that was half of a head,
   * there is room for more of them.
   */
  void carriedOut(int jobs) {
    depth = jobs * 2 >= depth ? NEAR : FEW;
  }

  /** How many jobs the last view's head can hold: behind a full one more may wait. */
  int depth() {
    return depth;
  }

  /** Why no job of a function was in the last view; safe for many threads. */
  Optional<String> withheld(FunctionRef function) {
    return Optional.ofNullable(withheld.get(function));
  }

  /** Whether the last view was of the first few only. */
  boolean near() {
    return near;
  }

  /**
   * The jobs that the next plan is about. Those of functions that may not run at all now are not
   * among them: however many they are, they hide nobody.
   */
  List<Job> read(Instant now) {
    asked.clear();
    ask(Set.copyOf(withheld.keySet()));
    List<Job> head = page(now, depth);
    if (head.size() == depth && depth < NEAR && !ids(head).containsAll(kept)) {
      depth = NEAR;
      head = page(now, depth);
    }
    near = head.size() == depth;
    if (!near) {
      return head;
    }
    if (!wideAgain() && alike() && ids(head).containsAll(kept)) {
      return withUnseen(head, now);
    }
    near = false;
    wideAt = ticker.nanos();
    // Before anything is read: who is heard of meanwhile stays heard.
    Set<FunctionRef> rest = new HashSet<>(heard);
    heard.removeAll(rest);
    List<Job> queue = wide(now);
    heard.addAll(functions(queue));
    rest.addAll(deployed());
    keepWhoWaits(rest);
    return queue;
  }

  /** Not by the wall clock: one that is set back says for an hour that it is not time yet. */
  private boolean wideAgain() {
    return ticker.nanos() - wideAt >= LOOK_PAUSE.toNanos();
  }

  /** A job that waits for its next try is looked for until it is due. */
  private void keepWhoWaits(Set<FunctionRef> functions) {
    Set<FunctionRef> unknown = new HashSet<>(functions);
    unknown.removeAll(heard);
    heard.addAll(journal.waitedFor(unknown));
  }

  /**
   * The head, and the longest waiting of each function that was heard of and is not in it: whoever
   * is told of next makes no plan read a thousand jobs.
   */
  private List<Job> withUnseen(List<Job> head, Instant now) {
    Set<FunctionRef> unseen = new HashSet<>(heard);
    unseen.removeAll(functions(head));
    ask(unseen);
    unseen.removeAll(withheld.keySet());
    if (unseen.isEmpty()) {
      return head;
    }
    // Before it is read: who is heard of meanwhile stays heard.
    heard.removeAll(unseen);
    List<Job> behind = journal.longestWaiting(now, unseen, EACH);
    heard.addAll(functions(behind));
    keepWhoWaits(unseen);
    List<Job> queue = new ArrayList<>(head);
    queue.addAll(behind);
    return queue;
  }

  private static Set<JobId> ids(List<Job> queue) {
    return queue.stream().map(Job::id).collect(Collectors.toSet());
  }

  private boolean alike() {
    List<DeployedFunction> functions = catalog.functions();
    return functions.stream().allMatch(f -> f.spec().rules().deadline() == null)
        && functions.stream().map(f -> f.ref().tenant()).distinct().count() < 2;
  }

  /**
   * The head of the queue, and behind a full one the longest waiting of each function: whatever the
   * head's jobs are and however many, a function that has room there, a tenant whose turn it is and
   * a job that starves are seen.
   */
  private List<Job> wide(Instant now) {
    List<Job> page = page(now, WIDE);
    if (page.size() < WIDE) {
      return page;
    }
    Set<FunctionRef> functions = deployed();
    ask(functions);
    functions.removeAll(withheld.keySet());
    Map<JobId, Job> queue = new LinkedHashMap<>();
    page.stream()
        .filter(job -> !withheld.containsKey(job.function()))
        .forEach(job -> queue.put(job.id(), job));
    journal.longestWaiting(now, functions, EACH).forEach(job -> queue.putIfAbsent(job.id(), job));
    return List.copyOf(queue.values());
  }

  private Set<FunctionRef> deployed() {
    return catalog.functions().stream().map(DeployedFunction::ref).collect(Collectors.toSet());
  }

  private List<Job> page(Instant now, int max) {
    while (true) {
      List<Job> page = journal.plannableBeside(now, Set.copyOf(withheld.keySet()), max);
      if (!ask(functions(page))) {
        return page;
      }
    }
  }

  /**
   * Asks once a view about each function.
   *
   * @return whether one is withheld that was not
   */
  private boolean ask(Set<FunctionRef> functions) {
    boolean some = false;
    for (FunctionRef function : functions) {
      if (asked.add(function)) {
        Optional<String> why = catalog.find(function).flatMap(reason);
        some |= why.isPresent() && !withheld.containsKey(function);
        why.ifPresentOrElse(text -> withheld.put(function, text), () -> withheld.remove(function));
      }
    }
    // Who may run again is looked for until seen: many others may wait before it.
    heard.addAll(withheld.keySet());
    return some;
  }

  private static Set<FunctionRef> functions(List<Job> queue) {
    return queue.stream().map(Job::function).collect(Collectors.toSet());
  }
}
