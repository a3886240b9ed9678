package dev.millrace.orch.plan;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The open devices of one shape, sorted by free memory for each free compute percent: whatever the
 * fleet's size, a search looks at no more than one entry for each percent.
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

  private final Shape shape;
  private final TreeMap<Integer, TreeMap<Key, Device>> byPercent = new TreeMap<>();
  private final TreeMap<Key, Device> idle = new TreeMap<>();

  DeviceClass(Shape shape) {
    this.shape = shape;
  }

  Shape shape() {
    return shape;
  }

  void add(Device device) {
    Key key = Key.of(device);
    byPercent.computeIfAbsent(device.freePercent(), p -> new TreeMap<>()).put(key, device);
    if (device.idle()) {
      idle.put(key, device);
    }
  }

  void remove(Device device) {
    Key key = Key.of(device);
    TreeMap<Key, Device> sorted = byPercent.get(device.freePercent());
    if (sorted != null && sorted.remove(key) != null && sorted.isEmpty()) {
      byPercent.remove(device.freePercent());
    }
    idle.remove(key);
  }

  /** The best of this class by the strategy; nothing when none has the room. */
  Optional<Device> best(Demand demand, Strategy strategy) {
    if (demand.exclusive()) {
      return best(idle, demand.memoryMib(), strategy);
    }
    Optional<Device> found = Optional.empty();
    for (TreeMap<Key, Device> sorted : byPercent.tailMap(demand.percentOf(shape), true).values()) {
      found = better(found, best(sorted, demand.memoryMib(), strategy), strategy);
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
