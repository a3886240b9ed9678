package dev.millrace.orch.intake;

import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at objects for one thread that decides on them, several of each store at once. A store that
 * does not answer keeps no other's waiting: its looks are left alone, what they come to is told
 * when it comes, and where they are many it is asked nothing else until then.
 */
final class Looks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);

  /** A store that leaves so many without an answer, one after the other, is silent. */
  private static final int SILENT_AFTER = 8;

  /** Looks that wait so long already say nothing of the store as it is now. */
  private static final Duration LONG = Duration.ofSeconds(2);

  /** A store that keeps so many waiting is asked nothing else, however long they wait. */
  private static final int WAITING_MOST = 48;

  /** How long what is there waits for what comes soon after it. */
  private static final Duration SOON = Duration.ofMillis(2);

  private static final Duration CLOSING = Duration.ofSeconds(1);

  private final Eye eye;
  private final Duration patience;
  private final Ticker ticker;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();

  /** Asked and not told yet, by notice. */
  private final Map<Long, Asked> open = new HashMap<>();

  /** Those of them that are waited for. */
  private final Map<Long, StoreId> awaited = new HashMap<>();

  /** When each of them was first seen to keep its look waiting. */
  private final Map<Long, Long> hanging = new HashMap<>();

  private Round round = new Round();
  private volatile boolean closed;

  /** In which order notices are looked at. */
  enum Turn {
    /** Not looked at before. */
    FIRST(16),
    /** To learn whether the store is back: the newest of it. */
    SIGN(1),
    /** To learn whether the store is back: some of the others. */
    PROBE(16),
    /** Refused before. */
    AGAIN(16),
    /** Not answered before: that says little of the store, and it may hang once more. */
    LAST(8);

    private final int places;

    Turn(int places) {
      this.places = places;
    }

    /** Whether the store is away, as far as is known. */
    boolean isAway() {
      return this == SIGN || this == PROBE;
    }
  }

  /** What a round learns of the stores. */
  private record Round(Set<StoreId> silent, Map<StoreId, AtomicInteger> unanswered) {
    Round() {
      this(ConcurrentHashMap.newKeySet(), new ConcurrentHashMap<>());
    }

    void learn(StoreId store, Look look, Turn turn) {
      AtomicInteger row = unanswered.computeIfAbsent(store, s -> new AtomicInteger());
      switch (look) {
        case Decided d -> row.set(0);
        case Refused r -> row.set(0);
        case Unanswered u when turn == Turn.LAST -> {}
        case Unanswered u -> {
          if (row.incrementAndGet() >= SILENT_AFTER) {
            silent.add(store);
          }
        }
        case Left l -> {}
      }
    }
  }

  /** Looks at an object. */
  @FunctionalInterface
  interface Eye {
    /**
     * What it comes to; never throws what can be told.
     *
     * @param asking true while the store is waited for
     */
    Look look(PendingNotice notice, AtomicBoolean asking);
  }

  /** What a look at an object came to. */
  sealed interface Look {}

  /** The notice can be closed. */
  record Decided(DecideNotice decision) implements Look {}

  /** The store has answered, and the notice stays pending. */
  record Refused() implements Look {}

  /** Nobody has looked. */
  record Left() implements Look {}

  /** No answer came, and the notice stays pending. */
  record Unanswered() implements Look {}

  /** A look that has ended. */
  record Told(long notice, StoreId store, Turn turn, Look look) {}

  private record Asked(StoreId store, Turn turn, Place place, Future<?> look) {
    boolean hangs() {
      return turn != Turn.LAST && place.asking.get();
    }
  }

  /**
   * Of this eye.
   *
   * @param patience how long nothing may come before the rest is left alone
   */
  Looks(Eye eye, Duration patience, Ticker ticker) {
    this.eye = eye;
    this.patience = patience;
    this.ticker = ticker;
  }

  /** A round begins: whoever was silent is asked again, unless it still keeps looks waiting. */
  List<Told> begin() {
    List<Told> late = new ArrayList<>();
    // Whatever is done has told: one that is done between the two would be asked twice.
    open.values().removeIf(asked -> asked.look().isDone());
    told.drainTo(late);
    late.forEach(one -> open.remove(one.notice()));
    awaited.clear();
    round = new Round();
    round.silent().addAll(hanging());
    return late;
  }

  /**
   * Stores that keep many waiting, now or in all. Some objects of which each look hangs hold up the
   * others of their store for seconds, and not until their looks end.
   */
  private Set<StoreId> hanging() {
    long now = ticker.nanos();
    hanging.keySet().retainAll(open.keySet());
    Map<StoreId, Integer> all = new HashMap<>();
    Map<StoreId, Integer> lately = new HashMap<>();
    open.forEach((notice, asked) -> {
      if (asked.hangs()) {
        all.merge(asked.store(), 1, Integer::sum);
        if (now - hanging.computeIfAbsent(notice, n -> now) < LONG.toNanos()) {
          lately.merge(asked.store(), 1, Integer::sum);
        } else {
          asked.place().give();
        }
      }
    });
    return all.keySet().stream()
        .filter(store ->
            all.getOrDefault(store, 0) >= WAITING_MOST
                || lately.getOrDefault(store, 0) >= SILENT_AFTER)
        .collect(Collectors.toSet());
  }

  /** Whether it keeps many looks waiting, or has left many without an answer in this round. */
  boolean isSilent(StoreId store) {
    return round.silent().contains(store);
  }

  /** Begins to look, silent stores aside, and what is looked at already. */
  void ask(List<PendingNotice> notices, Turn turn) {
    Map<StoreId, Batch> batches = new HashMap<>();
    Set<StoreId> busy = turn == Turn.LAST ? busy() : Set.of();
    for (PendingNotice one : notices) {
      StoreId store = one.notice().object().store();
      if (!isSilent(store) && !busy.contains(store) && !open.containsKey(one.id())) {
        Batch batch = batches.computeIfAbsent(store, s -> new Batch(turn, round, ticker.nanos()));
        open.put(one.id(), begun(one, batch));
        awaited.put(one.id(), store);
      }
    }
  }

  /** Stores that are asked already for what they did not answer before. */
  Set<StoreId> busy() {
    return open.values().stream()
        .filter(asked -> asked.turn() == Turn.LAST)
        .map(Asked::store)
        .collect(Collectors.toSet());
  }

  /** What is asked of a store at once. */
  private static final class Batch {
    private final Turn turn;
    private final Round round;
    private final long began;
    private final Semaphore room;
    private final AtomicBoolean unanswered = new AtomicBoolean();

    Batch(Turn turn, Round round, long began) {
      this.turn = turn;
      this.round = round;
      this.began = began;
      this.room = new Semaphore(turn.places, true);
    }

    /**
     * Where those that were not answered before keep their places long once more, the rest is left:
     * who comes next is chosen anew.
     */
    boolean isOver(long now, Duration patience) {
      return turn == Turn.LAST && unanswered.get() && now - began > patience.toNanos();
    }

    void learn(StoreId store, Look look) {
      round.learn(store, look, turn);
      if (look instanceof Unanswered) {
        unanswered.set(true);
      }
    }
  }

  private Asked begun(PendingNotice one, Batch batch) {
    // The first have their places in the order in which they are asked for.
    Place place = new Place(batch.room, batch.room.tryAcquire());
    Future<?> look = workers.submit(() -> lookAt(one, batch, place));
    return new Asked(one.notice().object().store(), batch.turn, place, look);
  }

  /** One of a batch's places, once it is had. */
  private static final class Place {
    private final Semaphore room;
    private final boolean had;
    private final AtomicBoolean given = new AtomicBoolean();

    /** True while the store is waited for. */
    private final AtomicBoolean asking = new AtomicBoolean();

    Place(Semaphore room, boolean had) {
      this.room = room;
      this.had = had;
    }

    void take() throws InterruptedException {
      if (!had) {
        room.acquire();
      }
    }

    /** To the next, once. */
    void give() {
      if (given.compareAndSet(false, true)) {
        room.release();
      }
    }
  }

  private void lookAt(PendingNotice one, Batch batch, Place place) {
    StoreId store = one.notice().object().store();
    Look made = new Left();
    try {
      place.take();
      try {
        boolean over = batch.isOver(ticker.nanos(), patience);
        if (!closed && !over && !batch.round.silent().contains(store)) {
          made = eye.look(one, place.asking);
          batch.learn(store, made);
        }
      } finally {
        place.give();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      told.add(new Told(one.id(), store, batch.turn, made));
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

  /**
   * What is waited for is told when it comes; a store is left alone where it keeps many waiting.
   */
  private void leave() {
    Set<StoreId> asked =
        awaited.keySet().stream()
            .map(open::get)
            .filter(one -> one != null && one.place().asking.get())
            .map(Asked::store)
            .collect(Collectors.toSet());
    if (asked.isEmpty()) {
      LOG.warn(
          "{} looks are not done within {} ms, though no store keeps them waiting: they go on",
          awaited.size(),
          patience.toMillis());
    } else {
      LOG.debug("no answer from {} within {} ms", asked, patience.toMillis());
    }
    round.silent().addAll(hanging());
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
