package dev.millrace.runtime.kept;

import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.SliceGrant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How much of each device's memory is in use on this host, by runs and by what is kept idle. A
 * slice is reserved for a run, never for what is idle: that goes when a run needs its room. Safe
 * for many threads.
 */
public final class DeviceRoom {
  private final Map<String, Long> sizes = new HashMap<>();
  private final Map<RunId, List<SliceGrant>> running = new HashMap<>();
  private final List<Idle> idle = new CopyOnWriteArrayList<>();

  /** Things that are kept alive without a job. */
  public interface Idle {
    /** Memory of that device that they hold, without the one that a job of that key will use. */
    long heldMib(String address, KeptKey wanted);

    /** Ends one of them on that device, but not that one; false when there is none. */
    boolean giveBack(String address, KeptKey wanted);
  }

  /** The room on these devices; on others nothing is ever in the way. */
  public DeviceRoom(List<Accelerator> devices) {
    devices.forEach(device -> sizes.put(device.address(), device.memory().value()));
  }

  /** Counts these from now on. */
  public void count(Idle things) {
    idle.add(things);
  }

  /** A run begins: what is idle and in its way is gone when this returns. */
  public void enter(RunPlan plan) {
    synchronized (this) {
      running.put(plan.run().run(), plan.slices());
    }
    KeptKey wanted = KeptKey.of(plan);
    for (SliceGrant slice : plan.slices()) {
      while (over(slice.address(), wanted) && gaveBack(slice.address(), wanted)) {
        // One after the other, until the run has room.
      }
    }
  }

  /** A run that an earlier process began; nothing is in its way, since it is there. */
  synchronized void found(RunId run, List<SliceGrant> slices) {
    running.putIfAbsent(run, List.copyOf(slices));
  }

  private boolean gaveBack(String address, KeptKey wanted) {
    return idle.stream().anyMatch(things -> things.giveBack(address, wanted));
  }

  private boolean over(String address, KeptKey wanted) {
    long held = idle.stream().mapToLong(things -> things.heldMib(address, wanted)).sum();
    synchronized (this) {
      long used =
          running.values().stream()
              .flatMap(List::stream)
              .filter(slice -> slice.address().equals(address))
              .mapToLong(slice -> slice.slice().memory().value())
              .sum();
      return used + held > sizes.getOrDefault(address, Long.MAX_VALUE);
    }
  }

  /** A run has ended; nothing happens when it is not known. */
  public synchronized void leave(RunId run) {
    running.remove(run);
  }
}
