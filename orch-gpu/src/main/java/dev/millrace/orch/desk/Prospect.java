package dev.millrace.orch.desk;

import dev.millrace.orch.dispatch.FleetBook;
import dev.millrace.orch.plan.Decision;
import dev.millrace.orch.plan.FleetView;
import dev.millrace.orch.plan.PlanInput;
import dev.millrace.orch.plan.Planner;
import dev.millrace.orch.plan.Policy;
import dev.millrace.orch.plan.WaitReason;
import dev.millrace.orch.plan.WaitingJob;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says before the first file is dropped that no device would take a function's jobs. */
final class Prospect {
  private static final JobId NOBODY = new JobId("00000000000000000000000000");

  private final FleetBook fleet;

  Prospect(FleetBook fleet) {
    this.fleet = fleet;
  }

  /** A line for whoever deploys it; empty when some device would do, or none is known yet. */
  Optional<String> warning(DeployedFunction function, Instant now) {
    FleetView known = fleet.read().fleet();
    if (known.devices().isEmpty()) {
      return Optional.empty();
    }
    WaitingJob job =
        new WaitingJob(
            NOBODY,
            function.ref(),
            function.spec().resources().accelerator(),
            function.spec().resources().memory(),
            function.spec().resources().cpuMillis(),
            0,
            0,
            now,
            null);
    Decision decision =
        Planner.plan(new PlanInput(List.of(job), Map.of(), known, Policy.defaults(), now))
            .decisions()
            .getFirst();
    return switch (decision) {
      case Decision.Start start -> Optional.empty();
      case Decision.Refuse(JobId id, String reason) ->
          Optional.of(
              function.ref().name() + ": " + reason + ": its jobs are refused until one has");
      case Decision.Wait(JobId id, WaitReason(WaitReason.Cause cause, String text)) ->
          cause == WaitReason.Cause.UNDECLARED
              ? Optional.of(function.ref().name() + ": " + text + ", then its jobs are refused")
              : Optional.empty();
    };
  }
}
