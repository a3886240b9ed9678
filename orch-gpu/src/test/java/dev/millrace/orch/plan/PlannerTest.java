package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.NOW;
import static dev.millrace.orch.plan.Scene.cpuDevice;
import static dev.millrace.orch.plan.Scene.declared;
import static dev.millrace.orch.plan.Scene.exclusiveGpu;
import static dev.millrace.orch.plan.Scene.gpu;
import static dev.millrace.orch.plan.Scene.gpuDevice;
import static dev.millrace.orch.plan.Scene.gpus;
import static dev.millrace.orch.plan.Scene.input;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.jobId;
import static dev.millrace.orch.plan.Scene.plan;
import static dev.millrace.orch.plan.Scene.undeclared;
import static dev.millrace.orch.plan.Scene.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PlannerTest {
  private static final Duration STARVED = Duration.ofMinutes(6);

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
  void placesNothingOnAnAbsentDeviceAndRefusesNothingForIt() {
    DeviceView absent =
        new DeviceView(gpuDevice("a", 0, 10_000), MemoryMib.ZERO, 0, 0, false, false);

    assertThat(waitText(plan(declared(absent), job(1, gpu(100, 1)))))
        .isEqualTo("needs 100 MiB on one GPU; those that fit are absent");
  }

  @Test
  void refusesAtOnceWhatADeclaredPoolCanNeverHold() {
    Plan plan = plan(declared(DeviceView.idle(gpuDevice("a", 0, 24_000))), job(1, gpu(80_000, 1)));

    assertThat(plan.decisions())
        .containsExactly(
            new Decision.Refuse(
                jobId(1), "needs 80,000 MiB on one GPU; the largest has 24,000 MiB (a/GPU-0)"));
  }

  @Test
  void waitsForWhatAPoolDeclaresButDoesNotHaveYet() {
    FleetView fleet =
        new FleetView(
            List.of(DeviceView.idle(gpuDevice("a", 0, 24_000))),
            List.of(new PoolDeclaration.Declared(Scene.LAB, List.of(gpuDevice("z", 0, 80_000)))));

    assertThat(waitText(plan(fleet, job(1, gpu(80_000, 1))))).contains("are absent");
  }

  @Test
  void givesAnUndeclaredPoolAStatedTimeBeforeItRefuses() {
    FleetView fleet = undeclared(DeviceView.idle(gpuDevice("a", 0, 24_000)));
    AcceleratorRequest tooLarge = gpu(80_000, 1);

    Plan early = plan(fleet, job(1, "main", tooLarge, 0, Duration.ofSeconds(59)));
    Plan late = plan(fleet, job(1, "main", tooLarge, 0, Duration.ofSeconds(60)));

    assertThat(early.decisions().getFirst()).isInstanceOf(Decision.Wait.class);
    assertThat(late.decisions().getFirst()).isInstanceOf(Decision.Refuse.class);
  }

  @Test
  void waitsForTheFirstProviderOfAnEmptyFleet() {
    assertThat(waitText(plan(new FleetView(List.of(), List.of()), job(1, gpu(1, 1)))))
        .isEqualTo("needs a GPU; no pool has one; waits 60 s for one to come");
  }

  @Test
  void namesTheModelsThatThereAreWhenNoneIsTheOneAskedFor() {
    AcceleratorRequest a100 =
        new AcceleratorRequest(
            AcceleratorKind.GPU,
            1,
            new MemoryMib(10),
            "A100",
            1,
            Sharing.SHARED,
            false,
            Enforcement.NONE);

    Plan plan = plan(declared(DeviceView.idle(gpuDevice("a", 0, 24_000))), job(1, a100));

    assertThat(refusal(plan))
        .isEqualTo("needs a GPU with 'a100' in its model; there are only 'NVIDIA H100 80GB HBM3'");
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
  void refusesWhenNoDeviceEnforcesEnough() {
    AcceleratorRequest hard =
        new AcceleratorRequest(
            AcceleratorKind.GPU,
            1,
            new MemoryMib(10),
            null,
            1,
            Sharing.SHARED,
            false,
            Enforcement.DRIVER);

    Plan plan = plan(declared(DeviceView.idle(gpuDevice("a", 0, 24_000))), job(1, hard));

    assertThat(refusal(plan)).contains("at least DRIVER").contains("WATCHDOG");
  }

  @Test
  void refusesMoreDevicesThanAnyProviderHas() {
    Plan plan =
        plan(
            declared(
                DeviceView.idle(gpuDevice("a", 0, 24_000)),
                DeviceView.idle(gpuDevice("b", 0, 24_000))),
            job(1, gpus(2, 10)));

    assertThat(refusal(plan)).endsWith("the most that one provider has is 1 (a)");
  }

  @Test
  void chargesTheContextOfAGpuToTheSliceAndToTheRefusal() {
    Policy charging =
        new Policy(STARVED, STARVED, Strategy.BEST_FIT, new MemoryMib(518), Integer.MAX_VALUE);
    FleetView fleet = declared(DeviceView.idle(gpuDevice("a", 0, 1_000)));
    List<WaitingJob> queue = List.of(job(1, gpu(482, 1)), job(2, gpu(483, 1)));

    Plan plan = Planner.plan(new PlanInput(queue, Map.of(), fleet, charging, NOW));

    assertThat(plan.starts().getFirst().slices().getFirst().memory())
        .isEqualTo(new MemoryMib(1_000));
    assertThat(refusal(plan))
        .isEqualTo(
            "needs 1,001 MiB on one GPU (518 MiB of them for the driver's context);"
                + " the largest has 1,000 MiB (a/GPU-0)");
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
  void refusesMoreProcessorsThanAHostHas() {
    Plan plan = plan(declared(DeviceView.idle(cpuDevice("a", 16_000, 2))), cpuJob(1, 2_500));

    assertThat(refusal(plan))
        .isEqualTo("needs 2.5 processors beside 512 MiB on one host; the largest has 2 (a/cpu)");
  }

  @Test
  void readsADeviceThatShrankAsFull() {
    DeviceView shrunk =
        new DeviceView(gpuDevice("a", 0, 1_000), new MemoryMib(5_000), 130, 2, false, true);

    assertThat(plan(declared(shrunk), job(1, gpu(1, 1))).starts()).isEmpty();
  }

  @Test
  void survivesARequestForAllTheMemoryOfTheWorld() {
    Policy charging =
        new Policy(STARVED, STARVED, Strategy.BEST_FIT, new MemoryMib(518), Integer.MAX_VALUE);
    FleetView fleet = declared(DeviceView.idle(gpuDevice("a", 0, 1_000)));
    List<WaitingJob> queue = List.of(job(1, gpu(Long.MAX_VALUE, 1)));

    Plan plan = Planner.plan(new PlanInput(queue, Map.of(), fleet, charging, NOW));

    assertThat(plan.decisions().getFirst()).isInstanceOf(Decision.Refuse.class);
  }

  @Test
  void putsPriorityBeforeAdmission() {
    Plan plan =
        plan(
            declared(DeviceView.idle(gpuDevice("a", 0, 1_000))),
            job(1, "main", gpu(1_000, 1), 0, Duration.ZERO),
            job(2, "main", gpu(1_000, 1), 5, Duration.ZERO));

    assertThat(startedJobs(plan)).containsExactly(jobId(2));
  }

  @Test
  void putsTheSoonerDeadlineOfATenantFirst() {
    WaitingJob late = job(1, gpu(1_000, 1));
    WaitingJob due =
        new WaitingJob(
            jobId(2),
            late.function(),
            late.request(),
            late.hostMemory(),
            late.cpuMillis(),
            0,
            2,
            NOW,
            NOW.plusSeconds(30));

    Plan plan = plan(declared(DeviceView.idle(gpuDevice("a", 0, 1_000))), late, due);

    assertThat(startedJobs(plan)).containsExactly(jobId(2));
  }

  @Test
  void takesTurnsBetweenTenantsHoweverManyJobsOneHas() {
    Plan plan =
        plan(
            declared(DeviceView.idle(gpuDevice("a", 0, 4_000))),
            job(1, "flood", gpu(1_000, 1), 0, Duration.ZERO),
            job(2, "flood", gpu(1_000, 1), 0, Duration.ZERO),
            job(3, "flood", gpu(1_000, 1), 0, Duration.ZERO),
            job(4, "flood", gpu(1_000, 1), 0, Duration.ZERO),
            job(5, "small", gpu(1_000, 1), 0, Duration.ZERO),
            job(6, "small", gpu(1_000, 1), 0, Duration.ZERO));

    assertThat(startedJobs(plan)).containsExactly(jobId(1), jobId(5), jobId(2), jobId(6));
  }

  @Test
  void countsWhatATenantAlreadyUsesAgainstItsWeight() {
    PlanInput input =
        new PlanInput(
            List.of(
                job(1, "light", gpu(1_000, 1), 0, Duration.ZERO),
                job(2, "heavy", gpu(1_000, 1), 0, Duration.ZERO)),
            Map.of(
                new TenantId("light"), new TenantUsage(0.2, 1),
                new TenantId("heavy"), new TenantUsage(0.3, 2)),
            declared(DeviceView.idle(gpuDevice("a", 0, 1_000))),
            Policy.defaults(),
            NOW);

    assertThat(startedJobs(Planner.plan(input))).containsExactly(jobId(2));
  }

  @Test
  void keepsADeviceFreeForAJobThatWaitedTooLong() {
    FleetView fleet =
        declared(
            used(gpuDevice("a", 0, 10_000), 4_000, 10), used(gpuDevice("b", 0, 10_000), 6_000, 10));

    Plan plan =
        plan(
            fleet,
            job(1, "main", gpu(9_000, 1), 0, STARVED),
            job(2, gpu(4_000, 1)),
            job(3, gpu(5_000, 1)));

    assertThat(devicesOf(plan)).containsExactly("b/GPU-0");
    assertThat(((Decision.Wait) plan.decisions().getFirst()).reason())
        .isEqualTo(
            new WaitReason(
                WaitReason.Cause.RESERVING,
                "needs 9,000 MiB on one GPU; the most that is free is 6,000 MiB on a/GPU-0;"
                    + " kept free for it from now on: a/GPU-0"));
  }

  @Test
  void stopsAtTheMostDecisionsAndSaysHowManyJobsAreLeft() {
    Policy two = new Policy(STARVED, STARVED, Strategy.BEST_FIT, MemoryMib.ZERO, 2);
    FleetView fleet = declared(DeviceView.idle(gpuDevice("a", 0, 10_000)));
    List<WaitingJob> queue =
        List.of(job(1, gpu(99_000, 1)), job(2, gpu(1, 1)), job(3, gpu(1, 1)), job(4, gpu(1, 1)));

    Plan plan = Planner.plan(new PlanInput(queue, Map.of(), fleet, two, NOW));

    assertThat(plan.decisions()).hasSize(2);
    assertThat(plan.undecided()).isEqualTo(2);
  }

  @Test
  void refusesInputThatContradictsItself() {
    Accelerator device = gpuDevice("a", 0, 10);
    DeviceView idle = DeviceView.idle(device);
    PoolDeclaration pool = new PoolDeclaration.Undeclared(Scene.LAB);
    WaitingJob job = job(1, gpu(1, 1));

    assertThatThrownBy(() -> declared(idle, idle)).hasMessageContaining("a/GPU-0 is listed twice");
    assertThatThrownBy(() -> new FleetView(List.of(), List.of(pool, pool)))
        .hasMessageContaining("lab is declared twice");
    assertThatThrownBy(() -> input(declared(idle), job, job)).hasMessageContaining("queued twice");
    assertThatThrownBy(() -> new DeviceView(device, MemoryMib.ZERO, -1, 0, false, true))
        .hasMessageContaining("-1 %");
    assertThatThrownBy(() -> new TenantUsage(Double.NaN, 1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new TenantUsage(0, 0)).hasMessageContaining("weight");
  }

  private static WaitingJob cpuJob(long number, int cpuMillis) {
    WaitingJob any = job(number, AcceleratorRequest.cpu(new MemoryMib(512), 100));
    return new WaitingJob(
        any.id(), any.function(), any.request(), any.hostMemory(), cpuMillis, 0, number, NOW, null);
  }

  private static List<String> devicesOf(Plan plan) {
    return plan.starts().stream()
        .flatMap(start -> start.slices().stream())
        .map(slice -> slice.accelerator().value())
        .toList();
  }

  private static List<Object> startedJobs(Plan plan) {
    return plan.starts().stream().<Object>map(Decision.Start::job).toList();
  }

  private static String waitText(Plan plan) {
    return plan.decisions().stream()
        .filter(Decision.Wait.class::isInstance)
        .map(decision -> ((Decision.Wait) decision).reason().text())
        .findFirst()
        .orElseThrow();
  }

  private static String refusal(Plan plan) {
    return plan.decisions().stream()
        .filter(Decision.Refuse.class::isInstance)
        .map(decision -> ((Decision.Refuse) decision).reason())
        .findFirst()
        .orElseThrow();
  }
}
