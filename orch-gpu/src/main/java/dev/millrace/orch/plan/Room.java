package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is free while one plan is made. Not thread-safe; lives no longer than the plan. */
final class Room {
  private final List<Device> devices;
  private final Map<Shape, DeviceClass> classes = new HashMap<>();
  private final SortedMap<Host, List<Device>> hosts = new TreeMap<>();

  Room(FleetView fleet) {
    List<DeviceView> sorted = new ArrayList<>(fleet.devices());
    sorted.sort(Comparator.comparing(view -> view.accelerator().id().value()));
    devices = new ArrayList<>(sorted.size());
    for (DeviceView view : sorted) {
      add(view);
    }
  }

  private void add(DeviceView view) {
    Shape shape = Shape.of(view.accelerator());
    DeviceClass sameShape = classes.computeIfAbsent(shape, DeviceClass::new);
    Host host = Host.of(view.accelerator());
    Device device = new Device(devices.size(), view, sameShape.shape(), host);
    devices.add(device);
    hosts.computeIfAbsent(host, h -> new ArrayList<>()).add(device);
    if (device.open()) {
      sameShape.add(device);
    }
  }

  /** All devices by id. */
  List<Device> devices() {
    return devices;
  }

  /** Devices by id of each provider and pool, these sorted by name. */
  SortedMap<Host, List<Device>> hosts() {
    return hosts;
  }

  /** Open devices by shape, in no order. */
  Iterable<DeviceClass> classes() {
    return classes.values();
  }

  /** Gives a part of the device away. */
  Slice take(Device device, Demand demand) {
    DeviceClass sameShape = classOf(device);
    sameShape.remove(device);
    Slice slice = device.take(demand);
    if (device.open()) {
      sameShape.add(device);
    }
    return slice;
  }

  /** Leaves the device to a job that waited too long. */
  void keep(Device device) {
    classOf(device).remove(device);
    device.keep();
  }

  private DeviceClass classOf(Device device) {
    return classes.computeIfAbsent(device.shape, DeviceClass::new);
  }
}
