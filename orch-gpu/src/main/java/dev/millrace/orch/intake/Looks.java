package dev.millrace.orch.intake;

import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.schema.object.StoreId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at objects for one thread that decides on them, several of each store at once. A store that
 * does not answer keeps no other's waiting: its looks are left alone, what they come to is told
 * when it comes, and until then it is asked nothing else.
 */
final class Looks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

  /** How many of one store look at once. */
  private static final int AT_ONCE = 16;

  /** How long what is there waits for what comes soon after it. */
  private static final Duration SOON = Duration.ofMillis(2);

  private static final Duration CLOSING = Duration.ofSeconds(1);

  private final Eye eye;
  private final Duration patience;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

  /** Asked and not told yet, by notice. */
  private final Map<Long, Asked> open = new HashMap<>();

  /** Those of them that are waited for. */
  private final Map<Long, StoreId> awaited = new HashMap<>();

  private Set<StoreId> silent = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Looks at an object. */
  @FunctionalInterface
  interface Eye {
    /** What it comes to; never throws what can be told. */
    Look look(PendingNotice notice);
  }

  /** What a look at an object came to. */
  sealed interface Look {}

  /** The notice can be closed. */
  record Decided(DecideNotice decision) implements Look {}

  /** The notice stays pending. */
  record Undecided() implements Look {}

  /** No answer came, and the notice stays pending. */
  record Unanswered() implements Look {}

  /** A look that has ended. */
  record Told(long notice, StoreId store, Look look) {}

  private record Asked(StoreId store, Future<?> look) {}

  /**
   * Of this eye.
   *
   * @param patience how long nothing may come before the rest is left alone
   */
  Looks(Eye eye, Duration patience) {
    this.eye = eye;
    this.patience = patience;
  }

  /** A round begins: whoever was silent is asked again, unless it still keeps a look waiting. */
  List<Told> begin() {
    List<Told> late = new ArrayList<>();
    told.drainTo(late);
    late.forEach(one -> open.remove(one.notice()));
    open.values().removeIf(asked -> asked.look().isDone());
    awaited.clear();
    silent = ConcurrentHashMap.newKeySet();
    open.values().forEach(asked -> silent.add(asked.store()));
    return late;
  }

  /** Whether it keeps a look waiting, or has left one without an answer in this round. */
  boolean isSilent(StoreId store) {
    return silent.contains(store);
  }

  /** Begins to look, silent stores aside. */
  void ask(List<PendingNotice> batch) {
    Map<StoreId, Semaphore> places = new HashMap<>();
    Set<StoreId> quiet = silent;
    for (PendingNotice one : batch) {
      StoreId store = one.notice().object().store();
      if (!quiet.contains(store)) {
        Semaphore room = places.computeIfAbsent(store, s -> new Semaphore(AT_ONCE, true));
        Future<?> look = workers.submit(() -> lookAt(one, room, quiet));
        open.put(one.id(), new Asked(store, look));
        awaited.put(one.id(), store);
      }
    }
  }

  private void lookAt(PendingNotice one, Semaphore room, Set<StoreId> quiet) {
    StoreId store = one.notice().object().store();
    Look made = new Undecided();
    try {
      room.acquire();
      try {
        if (!closed && !quiet.contains(store)) {
          made = eye.look(one);
        }
        if (made instanceof Unanswered) {
          quiet.add(store);
        }
      } finally {
        room.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      told.add(new Told(one.id(), store, made));
    }
  }

  /** What is told, and what comes soon after it, up to so many; empty when all is told or left. */
  List<Told> next(int most) throws InterruptedException {
    List<Told> done = new ArrayList<>();
    if (awaited.isEmpty()) {
      return done;
    }
    Duration wait = patience;
    while (done.size() < most && !awaited.isEmpty()) {
      Optional<Told> one = within(wait);
      if (one.isEmpty()) {
        break;
      }
      done.add(one.get());
      wait = SOON;
    }
    if (done.isEmpty()) {
      leave();
    }
    return done;
  }

  private Optional<Told> within(Duration wait) throws InterruptedException {
    Told one = told.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
    if (one != null) {
      open.remove(one.notice());
      awaited.remove(one.notice());
    }
    return Optional.ofNullable(one);
  }

  private void leave() {
    Set<StoreId> left = new HashSet<>(awaited.values());
    LOG.warn(
        "no answer from {} within {} ms: {} notices wait, those of other stores go on",
        left,
        patience.toMillis(),
        awaited.size());
    silent.addAll(left);
    awaited.clear();
  }

  /** Those that look may end; whoever waits for a store longer than a moment is interrupted. */
  @Override
  public void close() {
    closed = true;
    workers.shutdown();
    try {
      if (!workers.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
        workers.shutdownNow();
        if (!workers.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("a store that does not answer still keeps looks waiting");
        }
      }
    } catch (InterruptedException e) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
