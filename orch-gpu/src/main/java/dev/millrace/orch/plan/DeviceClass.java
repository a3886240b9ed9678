package dev.millrace.orch.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The open devices of one shape, sorted by free memory in bands of ten percent of free compute: a
 * search looks at one entry of each band that is wholly good enough, and walks along the one band
 * that is so in part.
 */
final class DeviceClass {
  /** Where a device is sorted: by free memory, then by id. */
  private record Key(long freeMib, int rank) implements Comparable<Key> {
    static Key of(Device device) {
      return new Key(device.freeMib(), device.rank);
    }

    @Override
    public int compareTo(Key other) {
      int byMemory = Long.compare(freeMib, other.freeMib);
      return byMemory != 0 ? byMemory : Integer.compare(rank, other.rank);
    }
  }

  /** More free compute is greater, then the smaller id. */
  static final Comparator<Device> BY_PERCENT =
      Comparator.comparingInt(Device::freePercent).thenComparingInt(device -> -device.rank);

  private final Shape shape;
  private final List<TreeMap<Key, Device>> bands = new ArrayList<>();
  private final TreeMap<Key, Device> idle = new TreeMap<>();

  DeviceClass(Shape shape) {
    this.shape = shape;
    for (int tens = 0; tens <= 10; tens++) {
      bands.add(new TreeMap<>());
    }
  }

  Shape shape() {
    return shape;
  }

  void add(Device device) {
    Key key = Key.of(device);
    bands.get(device.freePercent() / 10).put(key, device);
    if (device.idle()) {
      idle.put(key, device);
    }
  }

  void remove(Device device) {
    Key key = Key.of(device);
    bands.get(device.freePercent() / 10).remove(key);
    idle.remove(key);
  }

  /** The best of this class by the strategy; nothing when none has the room. */
  Optional<Device> best(Demand demand, Strategy strategy) {
    int percent = demand.percentOf(shape);
    if (percent > 100) {
      return Optional.empty();
    }
    return demand.exclusive()
        ? best(idle, demand.memoryMib(), strategy)
        : best(demand.memoryMib(), percent, strategy);
  }

  /** The device with the most free memory. */
  Optional<Device> roomiest() {
    return best(0, 1, Strategy.SPREAD);
  }

  /** Of the devices with so much free memory, the one with the most free compute. */
  Optional<Device> freest(long memoryMib) {
    for (TreeMap<Key, Device> band : bands.reversed()) {
      Optional<Device> found =
          band.tailMap(new Key(memoryMib, -1)).values().stream().max(BY_PERCENT);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Device> best(long memoryMib, int percent, Strategy strategy) {
    int wholly = (percent + 9) / 10;
    Optional<Device> found =
        percent % 10 == 0
            ? Optional.empty()
            : walk(bands.get(percent / 10), memoryMib, percent, strategy);
    for (int tens = wholly; tens <= 10; tens++) {
      found = better(found, best(bands.get(tens), memoryMib, strategy), strategy);
    }
    return found;
  }

  private static Optional<Device> walk(
      TreeMap<Key, Device> band, long memoryMib, int percent, Strategy strategy) {
    Optional<Device> found = Optional.empty();
    NavigableMap<Key, Device> large = band.tailMap(new Key(memoryMib, -1), true);
    Collection<Device> inOrder =
        switch (strategy) {
          case BEST_FIT -> large.values();
          case SPREAD -> large.descendingMap().values();
        };
    for (Device device : inOrder) {
      if (found.isPresent() && found.get().freeMib() != device.freeMib()) {
        return found;
      }
      if (device.freePercent() >= percent) {
        found = better(found, Optional.of(device), strategy);
      }
    }
    return found;
  }

  /** The better of two by the strategy: ties go to the smaller id. */
  static Optional<Device> better(Optional<Device> a, Optional<Device> b, Strategy strategy) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isPresent() ? a : b;
    }
    return compare(a.get(), b.get(), strategy) <= 0 ? a : b;
  }

  /** The device that the strategy takes first compares as less. */
  static int compare(Device a, Device b, Strategy strategy) {
    int byMemory =
        switch (strategy) {
          case BEST_FIT -> Long.compare(a.freeMib(), b.freeMib());
          case SPREAD -> Long.compare(b.freeMib(), a.freeMib());
        };
    return byMemory != 0 ? byMemory : Integer.compare(a.rank, b.rank);
  }

  private static Optional<Device> best(
      TreeMap<Key, Device> sorted, long memoryMib, Strategy strategy) {
    Map.@Nullable Entry<Key, Device> entry =
        switch (strategy) {
          case BEST_FIT -> sorted.ceilingEntry(new Key(memoryMib, -1));
          case SPREAD -> firstOfRoomiest(sorted);
        };
    return entry == null || entry.getKey().freeMib() < memoryMib
        ? Optional.empty()
        : Optional.of(entry.getValue());
  }

  private static Map.@Nullable Entry<Key, Device> firstOfRoomiest(TreeMap<Key, Device> sorted) {
    return sorted.isEmpty() ? null : sorted.ceilingEntry(new Key(sorted.lastKey().freeMib(), -1));
  }
}
