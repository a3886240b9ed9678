package dev.millrace.orch.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToDoubleFunction;

/** The first few devices of many by an order, without sorting the many. */
final class Foremost {
  private final int count;
  private final Comparator<Device> order;
  private final PriorityQueue<Device> lastFirst;

  Foremost(int count, Comparator<Device> order) {
    this.count = count;
    this.order = order;
    this.lastFirst = new PriorityQueue<>(count + 1, order.reversed());
  }

  void offer(Device device) {
    if (!complete()) {
      lastFirst.add(device);
      return;
    }
    Device last = lastFirst.element();
    if (order.compare(device, last) < 0) {
      lastFirst.remove();
      lastFirst.add(device);
    }
  }

  boolean complete() {
    return lastFirst.size() == count;
  }

  double sum(ToDoubleFunction<Device> measure) {
    double sum = 0;
    for (Device device : byId()) {
      sum += measure.applyAsDouble(device);
    }
    return sum;
  }

  List<Device> byId() {
    List<Device> devices = new ArrayList<>(lastFirst);
    devices.sort(Comparator.comparingInt(device -> device.rank));
    return devices;
  }
}
