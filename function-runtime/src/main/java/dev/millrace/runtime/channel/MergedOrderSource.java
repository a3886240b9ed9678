package dev.millrace.runtime.channel;

import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Several sources as one: each is awaited on a virtual thread of its own, and one that fails does
 * not hold up the others. A notice is read by the source that it came from.
 */
public final class MergedOrderSource implements OrderSource, AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final int WAITING_MAX = 1000;

  private final Map<String, OrderSource> sources;
  private final BiConsumer<String, IOException> failures;
  private final BlockingQueue<Told> told = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Map<OrderNotice, OrderSource> origins = new LinkedHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private record Told(OrderNotice notice, OrderSource source) {}

  /**
   * Begins to await all of them.
   *
   * @param sources by a name for failures
   * @param failures told each time that a source could not be asked
   */
  public MergedOrderSource(
      Map<String, OrderSource> sources, BiConsumer<String, IOException> failures) {
    this.sources = Map.copyOf(sources);
    this.failures = failures;
    this.sources.forEach((name, source) ->
        threads.add(
            Thread.ofVirtual().name("orders by " + name).start(() -> listen(name, source))));
  }

  private void listen(String name, OrderSource source) {
    try {
      while (closed.getCount() > 0) {
        listenOnce(name, source);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listenOnce(String name, OrderSource source) throws InterruptedException {
    try {
      for (OrderNotice notice : source.await(WAIT)) {
        told.put(new Told(notice, source));
      }
    } catch (IOException e) {
      failures.accept(name, e);
      closed.await(1, TimeUnit.SECONDS);
    } catch (RuntimeException e) {
      failures.accept(name, new IOException("a source of orders failed", e));
      closed.await(1, TimeUnit.SECONDS);
    }
  }

  @Override
  public List<OrderNotice> await(Duration longest) throws InterruptedException {
    Told first = told.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    if (first == null) {
      return List.of();
    }
    List<Told> all = new ArrayList<>();
    all.add(first);
    told.drainTo(all);
    synchronized (origins) {
      all.forEach(one -> origins.put(one.notice(), one.source()));
    }
    return all.stream().map(Told::notice).distinct().toList();
  }

  @Override
  public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    OrderSource source;
    synchronized (origins) {
      source = origins.get(notice);
    }
    if (source == null) {
      return Optional.empty();
    }
    Optional<SignedBytes> order = source.read(notice);
    synchronized (origins) {
      origins.remove(notice);
    }
    return order;
  }

  @Override
  public void skip(OrderNotice notice) {
    OrderSource source;
    synchronized (origins) {
      source = origins.remove(notice);
    }
    if (source != null) {
      source.skip(notice);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    threads.forEach(Thread::interrupt);
  }
}
