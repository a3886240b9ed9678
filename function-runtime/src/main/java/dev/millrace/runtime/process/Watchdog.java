package dev.millrace.runtime.process;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at all running functions again and again: one reading of the process table for all. */
final class Watchdog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Watchdog.class.getName());

  private final ProcFs proc;
  private final Duration interval;
  private final Set<Watched> runs = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Watchdog(ProcFs proc, Duration interval) {
    this.proc = proc;
    this.interval = interval;
  }

  static Watchdog start(ProcFs proc, Duration interval) {
    Watchdog watchdog = new Watchdog(proc, interval);
    Thread.ofVirtual().name("process watchdog").start(watchdog::watch);
    return watchdog;
  }

  void add(Watched run) {
    runs.add(run);
  }

  private void watch() {
    try {
      while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
        lookOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookOnce() {
    runs.removeIf(Watched::ended);
    if (runs.isEmpty()) {
      return;
    }
    try {
      List<ProcEntry> table = proc.all();
      for (Watched run : runs) {
        run.check(table);
      }
    } catch (IOException | RuntimeException e) {
      // The next look comes soon; without it no limit would be kept.
      LOG.log(System.Logger.Level.WARNING, "a look at the running functions failed", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
