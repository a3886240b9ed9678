package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Jobs, devices and inputs that the tests of planning are told with. */
public final class Scene {
  public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  public static final PoolId LAB = new PoolId("lab");

  private Scene() {}

  public static JobId jobId(long number) {
    return new JobId(String.format("%026d", number));
  }

  public static AcceleratorRequest gpu(long memoryMib, int percent) {
    return request(AcceleratorKind.GPU, 1, memoryMib, percent, Sharing.SHARED);
  }

  public static AcceleratorRequest exclusiveGpu(long memoryMib) {
    return request(AcceleratorKind.GPU, 1, memoryMib, 100, Sharing.EXCLUSIVE);
  }

  public static AcceleratorRequest gpus(int count, long memoryMib) {
    return request(AcceleratorKind.GPU, count, memoryMib, 1, Sharing.SHARED);
  }

  public static AcceleratorRequest request(
      AcceleratorKind kind, int count, long memoryMib, int percent, Sharing sharing) {
    return new AcceleratorRequest(
        kind, count, new MemoryMib(memoryMib), null, percent, sharing, false, Enforcement.NONE);
  }

  public static WaitingJob job(long number, AcceleratorRequest request) {
    return job(number, "main", request, 0, Duration.ZERO);
  }

  public static WaitingJob job(
      long number, String tenant, AcceleratorRequest request, int priority, Duration waited) {
    return new WaitingJob(
        jobId(number),
        new FunctionRef(new TenantId(tenant), new FunctionName("f")),
        request,
        new MemoryMib(64),
        100,
        priority,
        number,
        NOW.minus(waited),
        null);
  }

  public static Accelerator gpuDevice(String host, int index, long memoryMib) {
    return device(host, "GPU-" + index, AcceleratorKind.GPU, memoryMib, 0);
  }

  public static Accelerator cpuDevice(String host, long memoryMib, int cores) {
    return device(host, "cpu", AcceleratorKind.CPU, memoryMib, cores);
  }

  private static Accelerator device(
      String host, String name, AcceleratorKind kind, long memoryMib, int cores) {
    return new Accelerator(
        new AcceleratorId(host + "/" + name),
        new ProviderId(host),
        LAB,
        kind,
        kind == AcceleratorKind.GPU ? "NVIDIA H100 80GB HBM3" : "x86-64",
        name,
        new MemoryMib(memoryMib),
        cores,
        Enforcement.WATCHDOG,
        true);
  }

  public static DeviceView used(Accelerator accelerator, long reservedMib, int percent) {
    return new DeviceView(accelerator, new MemoryMib(reservedMib), percent, 1, false, true);
  }

  public static FleetView declared(DeviceView... devices) {
    return declared(Arrays.asList(devices));
  }

  public static FleetView declared(List<DeviceView> devices) {
    return new FleetView(devices, List.of(new PoolDeclaration.Declared(LAB, List.of())));
  }

  public static FleetView undeclared(DeviceView... devices) {
    return new FleetView(Arrays.asList(devices), List.of(new PoolDeclaration.Undeclared(LAB)));
  }

  public static PlanInput input(FleetView fleet, WaitingJob... jobs) {
    return new PlanInput(Arrays.asList(jobs), Map.of(), fleet, Policy.defaults(), NOW);
  }

  public static Plan plan(FleetView fleet, WaitingJob... jobs) {
    return Planner.plan(input(fleet, jobs));
  }
}
