package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.AcceleratorKind;
import java.util.EnumMap;
import java.util.Map;

/**
 * What part of the fleet a job takes: the larger of its parts of the kind's memory and of the
 * kind's compute (dominant resource fairness, Ghodsi et al., NSDI 2011). A device held exclusively
 * counts whole.
 */
final class Shares {
  private final Map<AcceleratorKind, Double> memory = new EnumMap<>(AcceleratorKind.class);
  private final Map<AcceleratorKind, Integer> devices = new EnumMap<>(AcceleratorKind.class);

  Shares(Room room) {
    for (Device device : room.devices()) {
      if (device.present) {
        memory.merge(
            device.shape.kind(), (double) device.accelerator.memory().value(), Double::sum);
        devices.merge(device.shape.kind(), 1, Integer::sum);
      }
    }
  }

  /**
   * The part, above 0 to 1.
   *
   * @param percents sum over the slices
   */
  double of(Demand demand, int percents) {
    double ofCompute = percents / (100.0 * devices.getOrDefault(demand.kind(), 1));
    if (demand.exclusive()) {
      return (double) demand.count() / devices.getOrDefault(demand.kind(), 1);
    }
    double taken = (double) demand.memoryMib() * demand.count();
    return Math.max(ofCompute, taken / memory.getOrDefault(demand.kind(), 1.0));
  }
}
