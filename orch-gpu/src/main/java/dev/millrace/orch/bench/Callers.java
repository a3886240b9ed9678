package dev.millrace.orch.bench;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * So many threads, each doing the next piece of work when it is through with the last. They are the
 * system's own: on the processors that are measured, one that waits for a socket by itself takes
 * less of them than a virtual one that is woken by another.
 */
record Callers(Ticker ticker, int count) {

  /** One piece of work by its number. */
  @FunctionalInterface
  interface Work {
    void run(int number) throws IOException, InterruptedException;
  }

  /** Pieces a second. */
  double perSecond(int pieces, Work work) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    long began = ticker.nanos();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (int i = 0; i < count; i++) {
        all.add(
            threads.submit(() -> {
              for (int n = next.getAndIncrement(); n < pieces; n = next.getAndIncrement()) {
                work.run(n);
              }
              return 0;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
    return pieces * 1e9 / (ticker.nanos() - began);
  }
}
