package dev.millrace.orch.plan;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says to people why devices that would do when idle have no room now. */
final class Shortage {
  private static final Comparator<Device> BY_ID = Comparator.comparingInt(device -> -device.rank);

  private Shortage() {}

  static String of(Demand demand, Room room) {
    List<Device> suitable =
        room.devices().stream()
            .filter(device -> demand.fitsIdle(device.accelerator, device.shape))
            .toList();
    List<Device> present = suitable.stream().filter(device -> device.present).toList();
    if (present.isEmpty()) {
      return Words.need(demand) + "; those that fit are absent";
    }
    List<Device> open = present.stream().filter(device -> !device.kept()).toList();
    if (open.isEmpty()) {
      return Words.need(demand) + "; those that fit are kept for jobs that have waited longer";
    }
    if (demand.count() > 1) {
      return tooFew(demand, open);
    }
    return demand.exclusive()
        ? Words.need(demand) + " and nobody else on it; none of " + open.size() + " is idle"
        : tooLittle(demand, open);
  }

  private static String tooFew(Demand demand, List<Device> open) {
    Map<Host, Integer> fitting = new TreeMap<>();
    for (Device device : open) {
      if (device.hasRoomFor(demand)) {
        fitting.merge(device.host, 1, Integer::sum);
      }
    }
    int most = fitting.values().stream().max(Comparator.naturalOrder()).orElse(0);
    String alone = demand.exclusive() ? " and nobody else on them" : "";
    return Words.need(demand) + alone + "; the most that are free at one provider is " + most;
  }

  private static String tooLittle(Demand demand, List<Device> open) {
    List<Device> shared = open.stream().filter(device -> !device.exclusive()).toList();
    if (shared.isEmpty()) {
      return Words.need(demand) + "; all " + open.size() + " that fit are held exclusively";
    }
    Device roomiest =
        shared.stream()
            .max(Comparator.comparingLong(Device::freeMib).thenComparing(BY_ID))
            .orElseThrow();
    if (roomiest.freeMib() < demand.memoryMib()) {
      return Words.need(demand)
          + "; the most that is free is "
          + Words.mib(roomiest.freeMib())
          + " on "
          + roomiest.accelerator.id();
    }
    Device freest =
        shared.stream()
            .filter(device -> device.freeMib() >= demand.memoryMib())
            .max(Comparator.comparingInt(Device::freePercent).thenComparing(BY_ID))
            .orElseThrow();
    return Words.need(demand)
        + " and "
        + Words.compute(demand)
        + "; where the memory is free, the most compute that is free is "
        + freest.freePercent()
        + " % on "
        + freest.accelerator.id();
  }
}
