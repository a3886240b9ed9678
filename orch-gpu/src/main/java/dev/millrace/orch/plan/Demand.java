package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.Sharing;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one job takes of devices. Jobs with equal demands have the same chances, so a plan searches
 * once for all of them. A request's {@code remote} mark allows more devices and excludes none.
 *
 * @param memoryMib of each device, context charge included
 * @param charge part of memoryMib that the context takes
 * @param model in lower case; empty for any
 * @param percent of each device's compute; 0 for a CPU, whose compute is in cpuMillis
 * @param cpuMillis thousandths of one processor; 0 for other kinds
 * @param exclusive needs idle devices and blocks others from them
 * @param only the devices that it may have; null for any
 */
record Demand(
    AcceleratorKind kind,
    int count,
    long memoryMib,
    long charge,
    String model,
    int percent,
    int cpuMillis,
    boolean exclusive,
    Enforcement enforcement,
    @Nullable Only only) {

  static Demand of(WaitingJob job, Policy policy) {
    AcceleratorRequest request = job.request();
    boolean cpu = request.kind() == AcceleratorKind.CPU;
    long charge = request.kind() == AcceleratorKind.GPU ? policy.contextCharge().value() : 0;
    long memory = request.memory().value();
    String model = request.model();
    return new Demand(
        request.kind(),
        request.count(),
        cpu ? Math.max(memory, job.hostMemory().value()) : saturatedSum(memory, charge),
        charge,
        model == null ? "" : model.toLowerCase(Locale.ROOT),
        cpu ? 0 : request.computePercent(),
        cpu ? Math.max(job.cpuMillis(), request.computePercent() * 10) : 0,
        request.sharing() == Sharing.EXCLUSIVE,
        request.enforcement(),
        job.only());
  }

  /** Whether devices of this shape are what was asked for, whatever is free on them. */
  boolean accepts(Shape shape) {
    return shape.kind() == kind
        && shape.enforcement().compareTo(enforcement) >= 0
        && shape.model().contains(model);
  }

  /** Whether it may have this very device. */
  boolean allows(Accelerator accelerator) {
    return only == null || only.devices().contains(accelerator.id());
  }

  /** The same, wherever there is room. */
  Demand anywhere() {
    return having(null);
  }

  /** The same, when what keeps it from devices has passed. */
  Demand inTime() {
    return only == null || only.later().isEmpty() ? this : having(only.inTime());
  }

  private Demand having(@Nullable Only devices) {
    return new Demand(
        kind, count, memoryMib, charge, model, percent, cpuMillis, exclusive, enforcement, devices);
  }

  /** The part of one such device's compute: 1 or more, above 100 when it is too small. */
  int percentOf(Shape shape) {
    if (kind != AcceleratorKind.CPU) {
      return percent;
    }
    long wholeDevice = 10L * shape.cores();
    return (int) Math.max(1, (cpuMillis + wholeDevice - 1) / wholeDevice);
  }

  /** Whether an idle one would do. */
  boolean fitsIdle(Accelerator accelerator, Shape shape) {
    return allows(accelerator)
        && accelerator.memory().value() >= memoryMib
        && accepts(shape)
        && percentOf(shape) <= 100;
  }

  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
