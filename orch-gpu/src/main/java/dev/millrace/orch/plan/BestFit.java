package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds room for one demand: the device with the least memory left over (or, with {@link
 * Strategy#SPREAD}, with the most), ties by id. Several devices are all of one provider and pool:
 * those whose sum of free memory is the least, or the most.
 */
final class BestFit {
  private final Room room;
  private final Capacity capacity;
  private final Strategy strategy;

  BestFit(Room room, Capacity capacity, Strategy strategy) {
    this.room = room;
    this.capacity = capacity;
    this.strategy = strategy;
  }

  /** Takes the room when there is some. */
  Placement place(Demand demand) {
    List<Device> found = demand.count() == 1 ? one(demand) : several(demand);
    if (found.isEmpty()) {
      return capacity
          .whyNever(demand.inTime())
          .<Placement>map(Placement.NeverFits::new)
          .orElseGet(() -> new Placement.WaitForRoom(Shortage.of(demand, room)));
    }
    List<Slice> slices = new ArrayList<>(found.size());
    for (Device device : found) {
      slices.add(room.take(device, demand));
    }
    Host host = found.getFirst().host;
    return new Placement.Placed(slices, host.provider(), host.pool());
  }

  private List<Device> one(Demand demand) {
    Optional<Device> best = Optional.empty();
    if (demand.only() != null) {
      for (Device device : fitting(room.devices(), demand)) {
        best = DeviceClass.better(best, Optional.of(device), strategy);
      }
      return best.map(List::of).orElseGet(List::of);
    }
    for (DeviceClass sameShape : room.classes()) {
      if (demand.accepts(sameShape.shape())) {
        best = DeviceClass.better(best, sameShape.best(demand, strategy), strategy);
      }
    }
    return best.map(List::of).orElseGet(List::of);
  }

  private List<Device> several(Demand demand) {
    Comparator<Device> order = (a, b) -> DeviceClass.compare(a, b, strategy);
    List<Device> best = List.of();
    double bestFree = 0;
    for (Map.Entry<Host, List<Device>> host : room.hosts().entrySet()) {
      if (host.getValue().size() < demand.count()) {
        continue;
      }
      List<Device> fitting = fitting(host.getValue(), demand);
      if (fitting.size() < demand.count()) {
        continue;
      }
      Foremost foremost = new Foremost(demand.count(), order);
      fitting.forEach(foremost::offer);
      double free = foremost.sum(Device::freeMib);
      if (best.isEmpty() || isBetter(free, bestFree)) {
        best = foremost.byId();
        bestFree = free;
      }
    }
    return best;
  }

  private static List<Device> fitting(List<Device> devices, Demand demand) {
    List<Device> fitting = new ArrayList<>();
    for (Device device : devices) {
      if (device.hasRoomFor(demand)) {
        fitting.add(device);
      }
    }
    return fitting;
  }

  private boolean isBetter(double free, double bestFree) {
    return switch (strategy) {
      case BEST_FIT -> free < bestFree;
      case SPREAD -> free > bestFree;
    };
  }
}
