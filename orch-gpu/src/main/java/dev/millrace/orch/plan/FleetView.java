package dev.millrace.orch.plan;

import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fleet as it is now.
 *
 * @param devices each once, in any order
 * @param pools what pools declare, each once; a pool that only its devices name is undeclared
 */
public record FleetView(List<DeviceView> devices, List<PoolDeclaration> pools) {
  public FleetView {
    devices = List.copyOf(devices);
    pools = List.copyOf(pools);
    Set<AcceleratorId> ids = HashSet.newHashSet(devices.size());
    for (DeviceView device : devices) {
      if (!ids.add(device.accelerator().id())) {
        throw new IllegalArgumentException(
            "device " + device.accelerator().id() + " is listed twice");
      }
    }
    Set<PoolId> names = HashSet.newHashSet(pools.size());
    for (PoolDeclaration declaration : pools) {
      if (!names.add(declaration.pool())) {
        throw new IllegalArgumentException("pool " + declaration.pool() + " is declared twice");
      }
    }
  }
}
