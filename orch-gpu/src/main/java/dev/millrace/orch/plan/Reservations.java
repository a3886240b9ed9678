package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.id.TenantId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Devices kept free for starved jobs, as backfilling schedulers do for the head of their queue: the
 * whole devices that miss the least for the job. One job of a tenant and kind has them at a time,
 * and from the second job on no more than half of the kind's devices are kept, so that keeping room
 * never stops the fleet. What a kept device misses can only shrink from plan to plan, since nobody
 * else is placed on it; so the job starts when enough of the runs there have ended.
 */
final class Reservations {
  private record Owner(TenantId tenant, AcceleratorKind kind) {}

  private final Room room;
  private final Set<Owner> owners = new HashSet<>();
  private final Map<AcceleratorKind, Integer> kept = new HashMap<>();
  private final Map<AcceleratorKind, Integer> present = new HashMap<>();

  Reservations(Room room) {
    this.room = room;
    for (Device device : room.devices()) {
      if (device.present) {
        present.merge(device.shape.kind(), 1, Integer::sum);
      }
    }
  }

  /** The devices that are kept from now on; none when the job has to wait for its turn. */
  List<Device> keepFor(TenantId tenant, Demand demand) {
    Owner owner = new Owner(tenant, demand.kind());
    int before = kept.getOrDefault(demand.kind(), 0);
    int most = present.getOrDefault(demand.kind(), 0) / 2;
    if (owners.contains(owner) || (before > 0 && before + demand.count() > most)) {
      return List.of();
    }
    List<Device> nearest = nearest(demand);
    if (!nearest.isEmpty()) {
      nearest.forEach(room::keep);
      owners.add(owner);
      kept.merge(demand.kind(), nearest.size(), Integer::sum);
    }
    return nearest;
  }

  private List<Device> nearest(Demand demand) {
    Comparator<Device> order =
        Comparator.comparingLong((Device device) -> missing(device, demand))
            .thenComparing(Comparator.comparingLong(Device::freeMib).reversed())
            .thenComparingInt(device -> device.rank);
    List<Device> best = List.of();
    double bestMissing = 0;
    for (List<Device> ofHost : room.hosts().values()) {
      if (ofHost.size() < demand.count()) {
        continue;
      }
      Foremost foremost = new Foremost(demand.count(), order);
      for (Device device : ofHost) {
        if (device.present && !device.kept() && demand.fitsIdle(device.accelerator, device.shape)) {
          foremost.offer(device);
        }
      }
      double missing = foremost.sum(device -> missing(device, demand));
      if (foremost.complete() && (best.isEmpty() || missing < bestMissing)) {
        best = foremost.byId();
        bestMissing = missing;
      }
    }
    return best;
  }

  /** In thousandths of the demand, memory and compute added; whole ones for each run to outlast. */
  private static long missing(Device device, Demand demand) {
    if (device.exclusive()) {
      return 2_000;
    }
    double memory = Math.max(0, demand.memoryMib() - device.freeMib());
    int needed = demand.percentOf(device.shape);
    double percent = Math.max(0, needed - device.freePercent());
    long missing =
        (long) (1_000 * memory / Math.max(1, demand.memoryMib()) + 1_000 * percent / needed);
    return demand.exclusive() ? missing + 1_000L * device.holders() : missing;
  }
}
