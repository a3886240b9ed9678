package dev.millrace.runtime.container;

import java.util.List;

/**
 * How an engine is asked for devices.
 *
 * @param cdi names such as {@code nvidia.com/gpu=0}
 * @param nvidia UUIDs or indexes for the engine's own NVIDIA driver
 * @param nodes device files of the host
 * @param groups numeric groups that the nodes need
 */
public record DeviceAsk(
    List<String> cdi, List<String> nvidia, List<String> nodes, List<String> groups) {
  /** No device at all. */
  public static final DeviceAsk NOTHING = new DeviceAsk(List.of(), List.of(), List.of(), List.of());

  public DeviceAsk {
    cdi = List.copyOf(cdi);
    nvidia = List.copyOf(nvidia);
    nodes = List.copyOf(nodes);
    groups = List.copyOf(groups);
  }

  /** Whether a device is asked for. */
  public boolean any() {
    return !cdi.isEmpty() || !nvidia.isEmpty() || !nodes.isEmpty();
  }
}
