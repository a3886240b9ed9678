package dev.millrace.orch.command;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same to many things, a few at a time. After a failure no further one is begun. */
final class SideBySide<T> {
  /** What takes one after the other; its calls come from one thread at a time. */
  @FunctionalInterface
  interface Source<T> {
    /** The next one; empty when there are no more. */
    Optional<T> next() throws IOException;
  }

  /** What is done to each. */
  @FunctionalInterface
  interface Step<T> {
    void take(T one) throws IOException;
  }

  private final Source<T> source;
  private final Step<T> step;
  private boolean failed;

  private SideBySide(Source<T> source, Step<T> step) {
    this.source = source;
    this.step = step;
  }

  static <T> Source<T> of(Iterator<T> items) {
    return () -> items.hasNext() ? Optional.of(items.next()) : Optional.empty();
  }

  /**
   * Returns when all are done.
   *
   * @param lanes how many at a time, 1 or more
   * @throws IOException the first failure, when those that were under way have ended
   */
  static <T> void each(Source<T> source, int lanes, Step<T> step) throws IOException {
    SideBySide<T> work = new SideBySide<>(source, step);
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int lane = 0; lane < lanes; lane++) {
        running.add(
            threads.submit(() -> {
              work.lane();
              return lanes;
            }));
      }
    }
    for (Future<?> lane : running) {
      ended(lane);
    }
  }

  private static void ended(Future<?> lane) throws IOException {
    try {
      lane.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while files were moved");
    }
  }

  private void lane() throws IOException {
    boolean done = false;
    try {
      for (Optional<T> one = next(); one.isPresent(); one = next()) {
        step.take(one.get());
      }
      done = true;
    } finally {
      if (!done) {
        stop();
      }
    }
  }

  private synchronized void stop() {
    failed = true;
  }

  /** One lane at a time asks for the next, which may be a page of a listing away. */
  private synchronized Optional<T> next() throws IOException {
    return failed ? Optional.empty() : source.next();
  }
}
