package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.NOW;
import static dev.millrace.orch.plan.Scene.cpuDevice;
import static dev.millrace.orch.plan.Scene.declared;
import static dev.millrace.orch.plan.Scene.exclusiveGpu;
import static dev.millrace.orch.plan.Scene.gpu;
import static dev.millrace.orch.plan.Scene.gpuDevice;
import static dev.millrace.orch.plan.Scene.gpus;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.jobId;
import static dev.millrace.orch.plan.Scene.plan;
import static dev.millrace.orch.plan.Scene.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where jobs are placed. */
final class PlannerTest extends PlannerFixture {
  @Test
  void takesTheGpuWithTheLeastMemoryLeftOver() {
    Plan plan =
        plan(
            declared(
                DeviceView.idle(gpuDevice("a", 0, 80_000)),
                DeviceView.idle(gpuDevice("b", 0, 24_000)),
                used(gpuDevice("c", 0, 40_000), 10_000, 10)),
            job(1, gpu(20_000, 10)));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0");
  }

  @Test
  void breaksTiesByTheDevicesId() {
    Plan plan =
        plan(
            declared(
                DeviceView.idle(gpuDevice("b", 0, 24_000)),
                DeviceView.idle(gpuDevice("a", 1, 24_000))),
            job(1, gpu(20_000, 10)));

    assertThat(devicesOf(plan)).containsExactly("a/GPU-1");
  }

  @Test
  void spreadsWhenThePolicySaysSo() {
    Policy spread =
        new Policy(STARVED, STARVED, Strategy.SPREAD, MemoryMib.ZERO, Integer.MAX_VALUE);
    FleetView fleet =
        declared(
            DeviceView.idle(gpuDevice("a", 0, 24_000)),
            DeviceView.idle(gpuDevice("b", 0, 80_000)),
            DeviceView.idle(gpuDevice("c", 0, 80_000)));

    Plan plan =
        Planner.plan(
            new PlanInput(
                List.of(job(1, gpu(2_000, 10)), job(2, gpu(2_000, 10))),
                Map.of(),
                fleet,
                spread,
                NOW));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0", "c/GPU-0");
  }

  @Test
  void placesSeveralDevicesOnOneProviderOnly() {
    Plan plan =
        plan(
            declared(
                DeviceView.idle(gpuDevice("a", 0, 10_000)),
                DeviceView.idle(gpuDevice("b", 0, 80_000)),
                DeviceView.idle(gpuDevice("b", 1, 80_000)),
                DeviceView.idle(gpuDevice("b", 2, 24_000))),
            job(1, gpus(2, 8_000)));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0", "b/GPU-2");
  }

  @Test
  void saysInWordsWhatIsShort() {
    Plan plan =
        plan(
            declared(
                used(gpuDevice("host-1", 0, 24_576), 12_288, 10),
                used(gpuDevice("host-2", 0, 24_576), 20_000, 10)),
            job(1, gpu(20_000, 10)));

    assertThat(plan.decisions())
        .containsExactly(
            new Decision.Wait(
                jobId(1),
                new WaitReason(
                    WaitReason.Cause.NO_ROOM,
                    "needs 20,000 MiB on one GPU; the most that is free is 12,288 MiB"
                        + " on host-1/GPU-0")));
  }

  @Test
  void saysWhenComputeIsShortRatherThanMemory() {
    Plan plan = plan(declared(used(gpuDevice("a", 0, 24_000), 1_000, 90)), job(1, gpu(2_000, 20)));

    assertThat(waitText(plan))
        .isEqualTo(
            "needs 2,000 MiB on one GPU and 20 % of its compute; where the memory is free,"
                + " the most compute that is free is 10 % on a/GPU-0");
  }

  @Test
  void givesAnExclusiveJobAnIdleDeviceAndKeepsOthersOff() {
    FleetView fleet =
        declared(used(gpuDevice("a", 0, 10_000), 1, 1), DeviceView.idle(gpuDevice("b", 0, 80_000)));

    Plan plan =
        plan(fleet, job(1, exclusiveGpu(1_000)), job(2, gpu(20_000, 1)), job(3, gpu(100, 1)));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0", "a/GPU-0");
    assertThat(waitText(plan)).contains("the most that is free is 9,999 MiB on a/GPU-0");
  }

  @Test
  void leavesADeviceThatIsHeldExclusivelyAlone() {
    DeviceView held =
        new DeviceView(gpuDevice("a", 0, 10_000), new MemoryMib(10), 1, 1, true, true);

    assertThat(plan(declared(held), job(1, gpu(100, 1))).starts()).isEmpty();
  }

  @Test
  void findsAModelByAnyPartWhateverItsCase() {
    AcceleratorRequest h100 =
        new AcceleratorRequest(
            AcceleratorKind.GPU,
            1,
            new MemoryMib(10),
            "h100",
            1,
            Sharing.SHARED,
            false,
            Enforcement.WATCHDOG);

    Plan plan = plan(declared(DeviceView.idle(gpuDevice("a", 0, 24_000))), job(1, h100));

    assertThat(devicesOf(plan)).containsExactly("a/GPU-0");
  }

  @Test
  void reservesTheShareOfAHostsProcessorsThatAFunctionTakes() {
    WaitingJob processorAndAHalf = cpuJob(1, 1_500);

    Plan plan = plan(declared(DeviceView.idle(cpuDevice("a", 16_000, 8))), processorAndAHalf);

    assertThat(plan.starts().getFirst().slices())
        .containsExactly(
            new Slice(new AcceleratorId("a/cpu"), new MemoryMib(512), 19)); // 18.75 % rounded up
  }

  @Test
  void readsADeviceThatShrankAsFull() {
    DeviceView shrunk =
        new DeviceView(gpuDevice("a", 0, 1_000), new MemoryMib(5_000), 130, 2, false, true);

    assertThat(plan(declared(shrunk), job(1, gpu(1, 1))).starts()).isEmpty();
  }
}
