package dev.millrace.orch.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Says to people why devices that would do when idle have no room now. */
final class Shortage {
  private Shortage() {}

  static String of(Demand demand, Room room) {
    Only only = demand.only();
    if (only != null
        && !only.later().isEmpty()
        && room.devices().stream().noneMatch(device -> fitsIdle(demand, device))) {
      return only.otherwise();
    }
    if (room.devices().stream().noneMatch(device -> device.present && fitsIdle(demand, device))) {
      return Words.need(demand) + "; those that fit are absent";
    }
    if (only != null) {
      return Words.need(demand) + "; no device that may have its secrets has the room now";
    }
    if (demand.count() == 1 && !demand.exclusive()) {
      Optional<String> tooLittle = tooLittle(demand, room);
      if (tooLittle.isPresent()) {
        return tooLittle.get();
      }
    }
    List<Device> open = new ArrayList<>();
    for (Device device : room.devices()) {
      if (device.present && !device.kept() && fitsIdle(demand, device)) {
        open.add(device);
      }
    }
    return tooBusy(demand, open);
  }

  private static boolean fitsIdle(Demand demand, Device device) {
    return demand.fitsIdle(device.accelerator, device.shape);
  }

  private static String tooBusy(Demand demand, List<Device> open) {
    if (open.isEmpty()) {
      return Words.need(demand) + "; those that fit are kept for jobs that have waited longer";
    }
    if (demand.count() > 1) {
      return tooFew(demand, open);
    }
    return demand.exclusive()
        ? Words.need(demand) + " and nobody else on it; none of " + open.size() + " is idle"
        : Words.need(demand) + "; all " + open.size() + " that fit are taken whole";
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

  /** Nothing when no device of the kind is open at all. */
  private static Optional<String> tooLittle(Demand demand, Room room) {
    Optional<Device> roomiest = Optional.empty();
    Optional<Device> freest = Optional.empty();
    for (DeviceClass sameShape : room.classes()) {
      if (demand.accepts(sameShape.shape()) && demand.percentOf(sameShape.shape()) <= 100) {
        roomiest = DeviceClass.better(roomiest, sameShape.roomiest(), Strategy.SPREAD);
        freest =
            Stream.of(freest, sameShape.freest(demand.memoryMib()))
                .flatMap(Optional::stream)
                .max(DeviceClass.BY_PERCENT);
      }
    }
    if (freest.isPresent()) {
      Device device = freest.get();
      return Optional.of(
          Words.need(demand)
              + " and "
              + Words.compute(demand)
              + "; where the memory is free, the most compute that is free is "
              + device.freePercent()
              + " % on "
              + device.accelerator.id());
    }
    return roomiest.map(device ->
        Words.need(demand)
            + "; the most that is free is "
            + Words.mib(device.freeMib())
            + " on "
            + device.accelerator.id());
  }
}
