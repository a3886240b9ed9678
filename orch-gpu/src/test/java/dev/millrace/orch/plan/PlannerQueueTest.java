package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.NOW;
import static dev.millrace.orch.plan.Scene.declared;
import static dev.millrace.orch.plan.Scene.gpu;
import static dev.millrace.orch.plan.Scene.gpuDevice;
import static dev.millrace.orch.plan.Scene.input;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.jobId;
import static dev.millrace.orch.plan.Scene.plan;
import static dev.millrace.orch.plan.Scene.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whose job comes next. */
final class PlannerQueueTest extends PlannerFixture {
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
}
