package dev.millrace.orch.plan;

import static dev.millrace.orch.plan.Scene.NOW;
import static dev.millrace.orch.plan.Scene.job;
import static dev.millrace.orch.plan.Scene.plan;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import java.time.Duration;
import java.util.List;

/** What a plan says, for assertions. */
abstract class PlannerFixture {
  static final Duration STARVED = Duration.ofMinutes(6);

  static WaitingJob cpuJob(long number, int cpuMillis) {
    WaitingJob any = job(number, AcceleratorRequest.cpu(new MemoryMib(512), 100));
    return new WaitingJob(
        any.id(), any.function(), any.request(), any.hostMemory(), cpuMillis, 0, number, NOW, null);
  }

  static List<String> devicesOf(Plan plan) {
    return plan.starts().stream()
        .flatMap(start -> start.slices().stream())
        .map(slice -> slice.accelerator().value())
        .toList();
  }

  static List<Object> startedJobs(Plan plan) {
    return plan.starts().stream().<Object>map(Decision.Start::job).toList();
  }

  static String waitText(Plan plan) {
    return plan.decisions().stream()
        .filter(Decision.Wait.class::isInstance)
        .map(decision -> ((Decision.Wait) decision).reason().text())
        .findFirst()
        .orElseThrow();
  }

  static String refusal(Plan plan) {
    return plan.decisions().stream()
        .filter(Decision.Refuse.class::isInstance)
        .map(decision -> ((Decision.Refuse) decision).reason())
        .findFirst()
        .orElseThrow();
  }
}
