package dev.millrace.runtime.provider;

import dev.millrace.runtime.order.OrderVerifier;
import dev.millrace.runtime.order.Verified;
import dev.millrace.runtime.unit.OrderRun;
import dev.millrace.runtime.unit.RunEvents;
import dev.millrace.runtime.unit.RunServices;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Takes orders from a source and runs each valid one on a virtual thread of its own, so many at a
 * time. Runs that an earlier process left are taken up first. What a source says is never trusted:
 * an order that is not believed is counted, told and left alone.
 */
public final class ProviderLoop implements AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final int READ_TRIES = 20;

  private final Work work;
  private final RunEvents events;
  private final Semaphore room;
  private final Map<AttemptId, Thread> inFlight = new ConcurrentHashMap<>();
  private final Map<OrderNotice, AttemptId> taken = new ConcurrentHashMap<>();
  private final Deque<Unread> unread = new ArrayDeque<>();
  private final AtomicLong refused = new AtomicLong();
  private final CountDownLatch welcome = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Optional<Thread> taking = Optional.empty();

  /** What the loop works with. */
  public record Work(
      OrderSource source, OrderVerifier verifier, RunServices services, Supplier<RunId> runIds) {}

  private record Unread(OrderNotice notice, int tries) {}

  /**
   * A loop that does nothing before {@link #start}.
   *
   * @param runsMax how many runs may be in flight, 1 or more
   */
  public ProviderLoop(Work work, RunEvents events, int runsMax) {
    if (runsMax < 1) {
      throw new IllegalArgumentException("runsMax must be 1 or more: " + runsMax);
    }
    this.work = work;
    this.events = events;
    this.room = new Semaphore(runsMax);
  }

  /**
   * Takes up what was left and begins to take orders; both happen on threads of their own.
   *
   * @throws IOException when what was left cannot be read
   */
  public void start() throws IOException {
    resume();
    welcome();
  }

  /**
   * Takes up what was left alone, on a thread of its own; orders wait for {@link #welcome}.
   *
   * @throws IOException when what was left cannot be read
   */
  public void resume() throws IOException {
    List<OrderRun> left = work.services().leftOver();
    taking = Optional.of(Thread.ofVirtual().name("orders").start(() -> takeOrders(left)));
  }

  /** From now on orders are taken. */
  public void welcome() {
    welcome.countDown();
  }

  private void resume(OrderRun run) throws InterruptedException {
    try {
      // It was verified before its first step was kept; the coordinator judges it again.
      Order order = Json.read(run.signed().bytes(), Order.class);
      room.acquire();
      launch(order, run);
    } catch (MalformedJson e) {
      events.broken(run.run().value(), e);
    }
  }

  private void takeOrders(List<OrderRun> left) {
    try {
      for (OrderRun run : left) {
        resume(run);
      }
      welcome.await();
      while (closed.getCount() > 0) {
        takeOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void takeOnce() throws InterruptedException {
    try {
      Duration wait = unread.isEmpty() ? WAIT : AFTER_FAILURE;
      for (OrderNotice notice : work.source().await(wait)) {
        unread.add(new Unread(notice, 0));
      }
      for (int left = unread.size(); left > 0; left--) {
        read(unread.remove());
      }
    } catch (IOException | RuntimeException e) {
      events.unreadable(new OrderNotice("?", "?"), e);
      closed.await(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void read(Unread next) throws InterruptedException {
    if (taken.containsKey(next.notice())) {
      // Told by another source as well: what was read there runs. Each attempt's order has a key of
      // its own, so nothing else is there.
      work.source().skip(next.notice());
      return;
    }
    try {
      Optional<SignedBytes> signed = work.source().read(next.notice());
      if (signed.isPresent()) {
        take(next.notice(), signed.get());
      }
    } catch (IOException e) {
      events.unreadable(next.notice(), e);
      if (next.tries() + 1 < READ_TRIES) {
        unread.add(new Unread(next.notice(), next.tries() + 1));
      }
    }
  }

  private void take(OrderNotice notice, SignedBytes signed) throws InterruptedException {
    switch (work.verifier().verify(signed)) {
      case Verified.Invalid(String reason) -> {
        refused.incrementAndGet();
        events.refused(notice.bucket() + "/" + notice.key(), reason);
      }
      case Verified.Valid(Order order, SignedBytes bytes) -> {
        if (!inFlight.containsKey(order.attempt())) {
          room.acquire();
          taken.put(notice, order.attempt());
          launch(order, new OrderRun(work.services(), bytes, work.runIds().get()));
        }
      }
    }
  }

  /** Only the loop's thread comes here, with a permit in hand. */
  private void launch(Order order, OrderRun run) {
    Thread thread =
        Thread.ofVirtual().name("run " + run.run()).unstarted(() -> execute(order, run));
    if (inFlight.putIfAbsent(order.attempt(), thread) == null) {
      thread.start();
    } else {
      room.release();
    }
  }

  private void execute(Order order, OrderRun run) {
    try {
      run.apply(order);
    } catch (RuntimeException e) {
      // The run's folder stays; its lease runs out, or it goes on after a restart.
      events.broken(order.attempt().toString(), e);
    } finally {
      inFlight.remove(order.attempt());
      taken.values().remove(order.attempt());
      room.release();
    }
  }

  /** How many orders were not believed. */
  public long refused() {
    return refused.get();
  }

  /** How many runs are in flight. */
  public int inFlight() {
    return inFlight.size();
  }

  /**
   * Takes no more orders and lets go of the runs: functions go on where their runner can, and are
   * found again after a restart. Returns when no thread of the loop works any more.
   */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = false;
    taking.ifPresent(Thread::interrupt);
    inFlight.values().forEach(Thread::interrupt);
    for (Thread thread : inFlight.values()) {
      interrupted |= !joined(thread);
    }
    if (taking.isPresent()) {
      interrupted |= !joined(taking.get());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean joined(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(10));
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
