package dev.millrace.runtime.kept;

import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What is idle now and waits for the next job of its key, the last used first. What is idle too
 * long, or stands in another one's way, is discarded, outside the lock. Safe for many threads.
 */
public final class Shelf<T> implements DeviceRoom.Idle, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Shelf.class.getName());
  private static final long LOOK_MILLIS = 1_000;

  private final Consumer<T> discard;
  private final Duration idleMax;
  private final Ticker ticker;
  private final Deque<Entry<T>> entries = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Entry<T>(KeptKey key, T thing, long since) {}

  /**
   * An empty shelf that looks after itself.
   *
   * @param discard ends what is kept no longer; may take its time
   * @param idleMax how long something stays that nobody wants
   */
  public Shelf(Consumer<T> discard, Duration idleMax, Ticker ticker) {
    this.discard = discard;
    this.idleMax = idleMax;
    this.ticker = ticker;
    Thread.ofVirtual().name("idle").start(this::look);
  }

  private void look() {
    try {
      while (!closed.await(Math.min(LOOK_MILLIS, idleMax.toMillis()), TimeUnit.MILLISECONDS)) {
        discardExpired();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something idle of that key; it is the caller's now. */
  public synchronized Optional<T> take(KeptKey key) {
    for (Iterator<Entry<T>> all = entries.iterator(); all.hasNext(); ) {
      Entry<T> entry = all.next();
      if (entry.key().equals(key)) {
        all.remove();
        return Optional.of(entry.thing());
      }
    }
    return Optional.empty();
  }

  /**
   * Keeps something, or discards it where that many of its key are idle already.
   *
   * @param most 1 or more
   */
  public void put(KeptKey key, T thing, int most) {
    if (!kept(key, thing, most)) {
      discard.accept(thing);
    }
  }

  private synchronized boolean kept(KeptKey key, T thing, int most) {
    boolean room =
        closed.getCount() > 0
            && entries.stream().filter(entry -> entry.key().equals(key)).count() < most;
    if (room) {
      entries.push(new Entry<>(key, thing, ticker.nanos()));
    }
    return room;
  }

  /** Discards what has been idle for too long. */
  void discardExpired() {
    long now = ticker.nanos();
    discard(entry -> now - entry.since() > idleMax.toNanos());
  }

  private void discard(Predicate<Entry<T>> which) {
    List<Entry<T>> going = new ArrayList<>();
    synchronized (this) {
      entries.stream().filter(which).forEach(going::add);
      entries.removeAll(going);
    }
    going.forEach(this::discard);
  }

  /** One that cannot be discarded takes no other one along. */
  private void discard(Entry<T> entry) {
    try {
      discard.accept(entry.thing());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "what was kept was not discarded in order: {0}", e);
    }
  }

  /** How many are idle. */
  public synchronized int size() {
    return entries.size();
  }

  @Override
  public synchronized long heldMib(String address, KeptKey wanted) {
    Optional<Entry<T>> spared = first(wanted);
    return entries.stream()
        .filter(entry -> spared.isEmpty() || entry != spared.get())
        .flatMap(entry -> entry.key().devices().stream())
        .filter(slice -> slice.address().equals(address))
        .mapToLong(slice -> slice.slice().memory().value())
        .sum();
  }

  /** Discards the one that has been idle longest on that device. */
  @Override
  public boolean giveBack(String address, KeptKey wanted) {
    Optional<Entry<T>> oldest = removeOldest(address, wanted);
    oldest.ifPresent(entry -> discard.accept(entry.thing()));
    return oldest.isPresent();
  }

  private synchronized Optional<Entry<T>> removeOldest(String address, KeptKey wanted) {
    Optional<Entry<T>> spared = first(wanted);
    for (Iterator<Entry<T>> all = entries.descendingIterator(); all.hasNext(); ) {
      Entry<T> entry = all.next();
      boolean there =
          entry.key().devices().stream().map(SliceGrant::address).anyMatch(address::equals);
      if (there && (spared.isEmpty() || entry != spared.get())) {
        all.remove();
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private Optional<Entry<T>> first(KeptKey key) {
    return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
  }

  /** Discards everything; what is put back later is discarded too. */
  @Override
  public void close() {
    closed.countDown();
    discard(entry -> true);
  }
}
