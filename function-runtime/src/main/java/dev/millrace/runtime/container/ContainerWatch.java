package dev.millrace.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at all containers' time and disk again and again, and clears away what nobody follows. */
final class ContainerWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ContainerWatch.class.getName());
  private static final Duration BETWEEN_SWEEPS = Duration.ofMinutes(5);

  private final Duration interval;
  private final Orphans orphans;
  private final Set<ContainerRun> runs = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread sweeping;

  private ContainerWatch(Duration interval, Orphans orphans) {
    this.interval = interval;
    this.orphans = orphans;
    this.sweeping = Thread.ofVirtual().name("container sweep").unstarted(this::sweep);
  }

  static ContainerWatch start(Duration interval, Orphans orphans) {
    ContainerWatch watch = new ContainerWatch(interval, orphans);
    watch.sweeping.start();
    Thread.ofVirtual().name("container watch").start(watch::watch);
    return watch;
  }

  void add(ContainerRun run) {
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
    runs.removeIf(ContainerRun::finished);
    for (ContainerRun run : runs) {
      try {
        run.check();
      } catch (IOException | RuntimeException e) {
        // The next look comes soon; without it no limit would be kept.
        LOG.log(System.Logger.Level.WARNING, "a look at a container failed", e);
      }
    }
  }

  private void sweep() {
    try {
      do {
        orphans.remove();
      } while (!closed.await(BETWEEN_SWEEPS.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets go of all containers; returns when nothing works on them any more. */
  @Override
  public void close() {
    closed.countDown();
    sweeping.interrupt();
    runs.forEach(ContainerRun::leave);
    try {
      for (ContainerRun run : runs) {
        run.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
