package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.NOW;
import static dev.millrace.orch.plan.Scene.cpuDevice;
import static dev.millrace.orch.plan.Scene.declared;
import static dev.millrace.orch.plan.Scene.gpu;
import static dev.millrace.orch.plan.Scene.gpuDevice;
import static dev.millrace.orch.plan.Scene.gpus;
import static dev.millrace.orch.plan.Scene.input;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.jobId;
import static dev.millrace.orch.plan.Scene.plan;
import static dev.millrace.orch.plan.Scene.undeclared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is refused for ever, and what waits. */
final class PlannerRefusalTest extends PlannerFixture {
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
  void refusesMoreProcessorsThanAHostHas() {
    Plan plan = plan(declared(DeviceView.idle(cpuDevice("a", 16_000, 2))), cpuJob(1, 2_500));

    assertThat(refusal(plan))
        .isEqualTo("needs 2.5 processors beside 512 MiB on one host; the largest has 2 (a/cpu)");
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
}
