package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.declared;
import static dev.millrace.orch.plan.Scene.exclusiveGpu;
import static dev.millrace.orch.plan.Scene.gpu;
import static dev.millrace.orch.plan.Scene.gpuDevice;
import static dev.millrace.orch.plan.Scene.gpus;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.jobId;
import static dev.millrace.orch.plan.Scene.plan;
import static dev.millrace.orch.plan.Scene.undeclared;
import static dev.millrace.orch.plan.Scene.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.id.AcceleratorId;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Jobs that may have some devices alone. */
final class OnlyTest extends PlannerFixture {
  private static final String OTHERWISE = "nobody is trusted";

  private static WaitingJob only(long number, AcceleratorRequest request, String... devices) {
    return only(job(number, request), devices);
  }

  private static WaitingJob only(WaitingJob any, String... devices) {
    return new WaitingJob(
        any.id(),
        any.function(),
        any.request(),
        any.hostMemory(),
        any.cpuMillis(),
        any.priority(),
        any.admission(),
        any.waitingSince(),
        any.deadline(),
        new Only(
            Arrays.stream(devices).map(AcceleratorId::new).collect(Collectors.toSet()),
            Set.of(),
            OTHERWISE));
  }

  private static WaitingJob later(WaitingJob any, String device) {
    return new WaitingJob(
        any.id(),
        any.function(),
        any.request(),
        any.hostMemory(),
        any.cpuMillis(),
        any.priority(),
        any.admission(),
        any.waitingSince(),
        any.deadline(),
        new Only(Set.of(), Set.of(new AcceleratorId(device)), OTHERWISE));
  }

  private static DeviceView idle(String host, int index, long memoryMib) {
    return DeviceView.idle(gpuDevice(host, index, memoryMib));
  }

  @Test
  void aJobIsPlacedOnADeviceThatItMayHaveThoughAnotherFitsBetter() {
    Plan plan =
        plan(
            declared(idle("a", 0, 2_000), idle("b", 0, 9_000), idle("b", 1, 8_000)),
            only(1, gpu(1_000, 1), "b/GPU-0", "b/GPU-1"),
            job(2, gpu(1_000, 1)));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-1", "a/GPU-0");
  }

  @Test
  void aJobThatMayHaveNoDeviceIsRefusedWithTheReason() {
    Plan plan = plan(declared(idle("a", 0, 2_000)), only(1, gpu(1_000, 1)));

    assertThat(refusal(plan)).isEqualTo(OTHERWISE);
    assertThat(waitText(plan(undeclared(idle("a", 0, 2_000)), only(1, gpu(1_000, 1)))))
        .startsWith(OTHERWISE + "; waits");
  }

  @Test
  void aJobThatMayHaveADeviceLaterWaitsForItAndHasItNotNow() {
    WaitingJob later = later(job(1, gpu(1_000, 1)), "a/GPU-0");

    assertThat(waitText(plan(declared(idle("a", 0, 2_000)), later))).isEqualTo(OTHERWISE);
    assertThat(refusal(plan(declared(idle("a", 0, 500), idle("b", 0, 2_000)), later)))
        .as("where it is too small, nothing passes")
        .isEqualTo(OTHERWISE);
  }

  @Test
  void whatNoDeviceAtAllCanTakeIsSaidFirst() {
    Plan plan = plan(declared(idle("a", 0, 2_000)), only(1, gpu(9_000, 1), "a/GPU-0"));

    assertThat(refusal(plan)).contains("the largest has").doesNotContain(OTHERWISE);
  }

  @Test
  void whileTheOnesThatItMayHaveAreBusyItWaitsThoughOthersAreFree() {
    Plan plan =
        plan(
            declared(used(gpuDevice("a", 0, 2_000), 1_500, 50), idle("b", 0, 2_000)),
            only(1, gpu(1_000, 1), "a/GPU-0"),
            only(2, exclusiveGpu(100), "a/GPU-0"));

    assertThat(plan.starts()).isEmpty();
    assertThat(waitText(plan)).contains("no device that may have its secrets has the room now");
  }

  @Test
  void severalDevicesAreOfOneHostThatItMayHave() {
    Plan plan =
        plan(
            declared(
                idle("a", 0, 2_000), idle("a", 1, 2_000), idle("b", 0, 3_000), idle("b", 1, 3_000)),
            only(1, gpus(2, 1_000), "b/GPU-0", "b/GPU-1"),
            only(2, gpus(3, 1_000), "b/GPU-0", "b/GPU-1"));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0", "b/GPU-1");
    assertThat(refusal(plan)).contains("the most that one provider has is 2");
  }

  @Test
  void noDeviceIsKeptFreeForAJobThatMayNotHaveIt() {
    WaitingJob starved = only(job(1, "main", gpu(1_000, 1), 0, STARVED), "a/GPU-0");

    Plan plan =
        plan(
            declared(used(gpuDevice("a", 0, 2_000), 1_500, 50), idle("b", 0, 2_000)),
            starved,
            job(2, gpu(1_000, 1)));

    assertThat(startedJobs(plan)).containsExactly(jobId(2));
    assertThat(devicesOf(plan)).containsExactly("b/GPU-0");
    assertThat(waitText(plan)).contains("kept free for it from now on: a/GPU-0");
  }
}
