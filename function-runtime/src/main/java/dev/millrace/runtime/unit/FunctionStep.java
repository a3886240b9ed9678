package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.Runner.Reattach;
import dev.millrace.runtime.runner.Runner.Start;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The step in which the function itself runs: started, or found again, and awaited. */
final class FunctionStep {
  private final RunServices services;
  private final Order order;
  private final RunGrant grant;
  private final LeaseKeeper lease;
  private final WorkFolder folder;
  private final RunSecrets secrets;

  FunctionStep(RunServices services, Order order, RunGrant grant, LeaseKeeper lease) {
    this.services = services;
    this.order = order;
    this.grant = grant;
    this.lease = lease;
    this.folder = services.folders.of(grant.run().run());
    this.secrets = new RunSecrets(order, grant);
  }

  RunState run(RunState state) throws IOException, InterruptedException, LeaseLost {
    Runner runner = services.runners.get(order.function().spec().rules().runner());
    if (runner == null) {
      return ended(
          state,
          new RunOutcome.Broken(
              "provider "
                  + services.provider
                  + " has no runner "
                  + order.function().spec().rules().runner().name().toLowerCase(Locale.ROOT)
                  + ": see provider.runners in its millrace.yaml",
              false));
    }
    if (state.step() == RunState.Step.STARTING
        && runner.reattach(grant.run(), folder, order.limits(), order.slices())
            instanceof Reattach.Found(RunningFunction function)) {
      return await(state, function);
    }
    if (!secrets.missing().isEmpty()) {
      return ended(state, withoutSecrets());
    }
    RunState starting = state.starting(secrets.mark());
    services.folders.save(starting);
    return switch (start(runner)) {
      case Start.Started(RunningFunction function) -> await(starting, function);
      case Start.NotStarted(String reason, boolean retryable) ->
          ended(starting, new RunOutcome.Broken(reason, retryable));
    };
  }

  /** An attempt behind this one waits until they are there. */
  private RunOutcome withoutSecrets() {
    return new RunOutcome.Broken(
        "before the function was started, the secrets of "
            + String.join(", ", secrets.missing())
            + " were removed, or could not be had any more",
        true);
  }

  /** A start may take long, an image's pull does: a lost lease cuts it short. */
  private Start start(Runner runner) throws IOException, InterruptedException, LeaseLost {
    try {
      return lease.guard(false, () -> runner.start(plan(runner)));
    } catch (LeaseLost e) {
      if (runner.reattach(grant.run(), folder, order.limits(), order.slices())
          instanceof Reattach.Found(RunningFunction function)) {
        stop(function);
      }
      throw e;
    }
  }

  private RunPlan plan(Runner runner) throws IOException {
    return new RunPlan(
        grant.run(),
        order.function().ref(),
        folder,
        order.function().spec().code(),
        ScriptVariables.of(
            order,
            InputStep.environment(order, folder),
            grant,
            runner.paths(folder),
            InputName.of(order.input().name().key())),
        order.limits(),
        order.slices(),
        Keep.of(order.function()),
        new FilesStep(services, order, grant.run())::placeForRunner);
  }

  private RunState await(RunState state, RunningFunction function)
      throws IOException, InterruptedException, LeaseLost {
    services.events.started(grant.run());
    if (secrets.areOf(state)) {
      services.live.started(grant.run(), printed(function));
    }
    Duration slice = order.limits().leaseDuration().dividedBy(6);
    try {
      RunEnd end =
          lease.guard(
              false,
              () -> {
                Optional<RunEnd> known = function.await(slice);
                while (known.isEmpty()) {
                  lease.require(false);
                  known = function.await(slice);
                }
                return known.get();
              });
      return state.ended(outcome(end), end.startedAt(), end.endedAt());
    } catch (LeaseLost e) {
      RunEnd end = stop(function);
      if (e.standing() != LeaseKeeper.Standing.CANCELLED) {
        throw e;
      }
      return state.ended(new RunOutcome.Stopped(e.reason()), end.startedAt(), end.endedAt());
    }
  }

  private static RunEnd stop(RunningFunction function) throws InterruptedException {
    function.stop();
    Optional<RunEnd> end = function.await(Duration.ofSeconds(10));
    while (end.isEmpty()) {
      function.stop();
      end = function.await(Duration.ofSeconds(10));
    }
    return end.get();
  }

  private static RunOutcome outcome(RunEnd end) {
    return switch (end.ending()) {
      case RunEnd.Exited(int code) ->
          code == 0 ? new RunOutcome.Succeeded() : new RunOutcome.Failed(code);
      case RunEnd.TimedOut() -> new RunOutcome.TimedOut();
      case RunEnd.OutOfMemory() -> new RunOutcome.OutOfMemory();
      case RunEnd.OutOfDisk(String reason) -> new RunOutcome.Broken(reason, false);
      case RunEnd.Stopped() -> new RunOutcome.Stopped("the function was stopped");
      case RunEnd.Lost(String reason) -> new RunOutcome.Broken(reason, true);
    };
  }

  private RunState ended(RunState state, RunOutcome outcome) {
    Instant now = services.clocks.wall().instant();
    return state.ended(outcome, now, now);
  }

  private LiveSource printed(RunningFunction function) {
    Masking masking = secrets.masking();
    return masking.idle() ? function::printed : new MaskedSource(function::printed, masking);
  }
}
