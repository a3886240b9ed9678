package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.fleet.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The rules of placing, written again in the plainest way: all devices, all combinations. */
final class PlainRules {
  /** What is taken of one device. */
  static final class Taken {
    long memory;
    int percent;
    int holders;
    boolean exclusive;
  }

  private final List<DeviceView> devices;
  private final Policy policy;
  private final Map<String, Taken> taken = new HashMap<>();

  PlainRules(PlanInput input) {
    policy = input.policy();
    devices =
        input.fleet().devices().stream()
            .sorted(Comparator.comparing((DeviceView d) -> d.accelerator().id().value()))
            .toList();
    for (DeviceView view : devices) {
      Taken now = new Taken();
      now.memory = view.reserved().value();
      now.percent = view.reservedPercent();
      now.holders = view.holders();
      now.exclusive = view.exclusive();
      taken.put(view.accelerator().id().value(), now);
    }
  }

  Taken taken(String device) {
    return taken.get(device);
  }

  void take(WaitingJob job, List<Slice> slices) {
    for (Slice slice : slices) {
      Taken now = taken.get(slice.accelerator().value());
      now.memory += slice.memory().value();
      now.percent += slice.computePercent();
      now.holders++;
      now.exclusive = job.request().sharing() == Sharing.EXCLUSIVE;
    }
  }

  /** Ids of the devices that the job gets now; none when there is no room. */
  List<String> choose(WaitingJob job) {
    List<DeviceView> best = List.of();
    long bestFree = 0;
    for (List<DeviceView> set : combinations(job)) {
      long free = set.stream().mapToLong(this::free).sum();
      boolean better = policy.strategy() == Strategy.BEST_FIT ? free < bestFree : free > bestFree;
      if (best.isEmpty() || better) {
        best = set;
        bestFree = free;
      }
    }
    return best.stream().map(d -> d.accelerator().id().value()).toList();
  }

  boolean fitsIdle(WaitingJob job, Accelerator device) {
    AcceleratorRequest asked = job.request();
    boolean cpu = asked.kind() == AcceleratorKind.CPU;
    String model = asked.model();
    return device.kind() == asked.kind()
        && (model == null
            || device.model().toLowerCase(Locale.ROOT).contains(model.toLowerCase(Locale.ROOT)))
        && device.enforcement().ordinal() >= asked.enforcement().ordinal()
        && device.memory().value() >= memory(job)
        && (!cpu || millis(job) <= 1_000L * Math.max(1, device.cores()));
  }

  private static int millis(WaitingJob job) {
    return Math.max(job.cpuMillis(), 10 * job.request().computePercent());
  }

  long memory(WaitingJob job) {
    long asked = job.request().memory().value();
    return switch (job.request().kind()) {
      case CPU -> Math.max(asked, job.hostMemory().value());
      case GPU -> asked + policy.contextCharge().value();
      case TPU, OTHER -> asked;
    };
  }

  private boolean fitsNow(WaitingJob job, DeviceView view) {
    Taken now = taken.get(view.accelerator().id().value());
    boolean idle = now.memory == 0 && now.percent == 0 && now.holders == 0;
    return view.present()
        && fitsIdle(job, view.accelerator())
        && !now.exclusive
        && (idle || job.request().sharing() == Sharing.SHARED)
        && free(view) >= memory(job)
        && 100 - now.percent >= percent(job, view.accelerator());
  }

  private static int percent(WaitingJob job, Accelerator device) {
    return job.request().kind() == AcceleratorKind.CPU
        ? (int) Math.ceil(millis(job) / (10.0 * Math.max(1, device.cores())))
        : job.request().computePercent();
  }

  private long free(DeviceView view) {
    Taken now = taken.get(view.accelerator().id().value());
    return view.accelerator().memory().value() - now.memory;
  }

  /** Sets of the wanted size with room, of one provider and pool, by provider, pool, ids. */
  private List<List<DeviceView>> combinations(WaitingJob job) {
    List<List<DeviceView>> sets = new ArrayList<>();
    devices.stream()
        .map(PlainRules::place)
        .distinct()
        .sorted()
        .forEach(place -> {
          List<DeviceView> fitting =
              devices.stream().filter(d -> place(d).equals(place) && fitsNow(job, d)).toList();
          extend(sets, fitting, List.of(), job.request().count());
        });
    return job.request().count() > 1
        ? sets
        : sets.stream()
            .sorted(Comparator.comparing(s -> s.getFirst().accelerator().id().value()))
            .toList();
  }

  private static String place(DeviceView view) {
    return view.accelerator().provider() + " " + view.accelerator().pool();
  }

  private static void extend(
      List<List<DeviceView>> sets, List<DeviceView> rest, List<DeviceView> chosen, int missing) {
    if (missing == 0) {
      sets.add(chosen);
      return;
    }
    for (int i = 0; i < rest.size(); i++) {
      List<DeviceView> longer = new ArrayList<>(chosen);
      longer.add(rest.get(i));
      extend(sets, rest.subList(i + 1, rest.size()), longer, missing - 1);
    }
  }
}
