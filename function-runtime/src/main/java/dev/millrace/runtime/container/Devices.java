package dev.millrace.runtime.container;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.CdiName;
import dev.millrace.schema.run.SliceGrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How an engine is asked for the devices of a run's slices. */
final class Devices {
  private static final String NVIDIA_CDI = "nvidia.com/gpu=";

  private Devices() {}

  /** What can be asked. */
  sealed interface Asking {
    /** In this order, until the engine knows what is meant; one at least. */
    record Ways(List<DeviceAsk> ways) implements Asking {}

    /** This engine cannot give it. */
    record Refused(String reason) implements Asking {}
  }

  static Asking of(List<SliceGrant> slices, EngineFacts engine) {
    List<String> cdi = new ArrayList<>();
    List<String> nvidia = new ArrayList<>();
    Set<String> nodes = new LinkedHashSet<>();
    for (SliceGrant slice : slices) {
      if (slice.simulated() || slice.kind() == AcceleratorKind.CPU) {
        continue;
      }
      String address = slice.address();
      if (CdiName.matches(address)) {
        cdi.add(address);
      } else if (address.startsWith("/dev/")) {
        if (address.startsWith("/dev/dri/")) {
          nodes.add("/dev/kfd");
        }
        nodes.add(address);
      } else if (slice.kind() == AcceleratorKind.GPU) {
        nvidia.add(address);
      } else {
        return new Asking.Refused(
            "device "
                + address
                + " of kind "
                + slice.kind()
                + " has no CDI name and no device file by which a container could get it");
      }
    }
    if (!cdi.isEmpty() && !engine.cdi()) {
      return new Asking.Refused(
          "device "
              + cdi.getFirst()
              + " is asked for by its CDI name, which Docker Engine "
              + engine.version()
              + " does not know: use Docker Engine 25 or later with CDI");
    }
    return ways(cdi, nvidia, List.copyOf(nodes), engine);
  }

  private static Asking ways(
      List<String> cdi, List<String> nvidia, List<String> nodes, EngineFacts engine) {
    try {
      List<String> groups = groups(nodes);
      DeviceAsk byDriver = new DeviceAsk(cdi, nvidia, nodes, groups);
      List<String> names = nvidia.stream().map(each -> NVIDIA_CDI + each).toList();
      if (names.isEmpty() || !engine.cdi()) {
        return new Asking.Ways(List.of(byDriver));
      }
      List<String> all = new ArrayList<>(cdi);
      all.addAll(names);
      DeviceAsk byName = new DeviceAsk(all, List.of(), nodes, groups);
      // What the engine told at its first call may have changed since: only the order hangs on it.
      boolean others = !engine.cdiDevices().isEmpty() && !engine.cdiDevices().containsAll(names);
      return new Asking.Ways(others ? List.of(byDriver, byName) : List.of(byName, byDriver));
    } catch (IOException e) {
      return new Asking.Refused("a device file of this host cannot be looked at: " + e);
    }
  }

  /** The groups that may use the nodes: the function's user is in none of its own. */
  private static List<String> groups(List<String> nodes) throws IOException {
    Set<String> groups = new LinkedHashSet<>();
    for (String node : nodes) {
      groups.add(String.valueOf(Files.getAttribute(Path.of(node), "unix:gid")));
    }
    groups.remove("0");
    return List.copyOf(groups);
  }
}
