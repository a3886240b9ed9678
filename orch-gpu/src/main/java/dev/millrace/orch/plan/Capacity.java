package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the pools can have at most: the devices that are listed, present or not, and those that are
 * declared. Counted on first use, for most plans never ask.
 */
final class Capacity {
  /** Devices of one host that no request can tell apart, and how many there are. */
  record Lot(Host host, Accelerator example, Shape shape, int count) {}

  /** What makes devices one lot. */
  private record LotKey(Host host, Shape shape, long memoryMib) {}

  private final FleetView fleet;
  private final boolean declared;
  private Optional<List<Lot>> counted = Optional.empty();

  Capacity(FleetView fleet) {
    this.fleet = fleet;
    this.declared = isDeclared(fleet);
  }

  /** Whether every pool said what it can have; false when there is no pool at all. */
  boolean declared() {
    return declared;
  }

  /** Why no idle device or provider would do; nothing when one would. */
  Optional<String> whyNever(Demand demand) {
    Map<Host, Integer> fitting = new TreeMap<>();
    for (Lot lot : lots()) {
      if (demand.fitsIdle(lot.example(), lot.shape())
          && fitting.merge(lot.host(), lot.count(), Integer::sum) >= demand.count()) {
        return Optional.empty();
      }
    }
    Only only = demand.only();
    if (only != null) {
      return Optional.of(whyNever(demand.anywhere()).orElse(only.otherwise()));
    }
    return Optional.of(Misfit.of(demand, lots(), fitting));
  }

  private static boolean isDeclared(FleetView fleet) {
    Set<PoolId> known = new HashSet<>();
    for (PoolDeclaration declaration : fleet.pools()) {
      switch (declaration) {
        case PoolDeclaration.Declared(PoolId pool, List<Accelerator> all) -> known.add(pool);
        case PoolDeclaration.Undeclared undeclared -> {
          return false;
        }
      }
    }
    return !known.isEmpty()
        && fleet.devices().stream().allMatch(d -> known.contains(d.accelerator().pool()));
  }

  private List<Lot> lots() {
    List<Lot> known = counted.orElseGet(this::count);
    counted = Optional.of(known);
    return known;
  }

  private List<Lot> count() {
    Map<AcceleratorId, Accelerator> all = new LinkedHashMap<>();
    for (DeviceView device : fleet.devices()) {
      all.put(device.accelerator().id(), device.accelerator());
    }
    for (PoolDeclaration declaration : fleet.pools()) {
      if (declaration instanceof PoolDeclaration.Declared declared) {
        declared.accelerators().forEach(a -> all.putIfAbsent(a.id(), a));
      }
    }
    Map<LotKey, Lot> lots = new HashMap<>();
    for (Accelerator accelerator : all.values()) {
      Lot single = new Lot(Host.of(accelerator), accelerator, Shape.of(accelerator), 1);
      LotKey key = new LotKey(single.host(), single.shape(), accelerator.memory().value());
      lots.merge(key, single, Capacity::merged);
    }
    return new ArrayList<>(lots.values());
  }

  private static Lot merged(Lot a, Lot b) {
    boolean first = a.example().id().value().compareTo(b.example().id().value()) <= 0;
    return new Lot(a.host(), first ? a.example() : b.example(), a.shape(), a.count() + b.count());
  }
}
