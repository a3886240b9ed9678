package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.runtime.unit.InputStep.Brought;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Claim;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * One execution of an order: claim, fetch, run, upload, sign, settle. Each step is kept before the
 * next; applied again after a restart it goes on where it was. It writes nothing to the bucket once
 * its lease is lost.
 */
public final class OrderRun implements Function<Order, RunOutcome> {
  /** Why a run is given up whose order another run has claimed: each order runs once. */
  public static final String TAKEN = "another run has the attempt";

  private final RunServices services;
  private final SignedBytes signed;
  private final RunId run;

  /**
   * @param signed the order as it was found and verified
   * @param run a fresh id, or that of the run that goes on
   */
  public OrderRun(RunServices services, SignedBytes signed, RunId run) {
    this.services = services;
    this.signed = signed;
    this.run = run;
  }

  /** This run. */
  public RunId run() {
    return run;
  }

  /** The order as it was found. */
  public SignedBytes signed() {
    return signed;
  }

  /**
   * Executes the order that was read from the signed bytes. A thread that is interrupted leaves the
   * run as it is, to go on after a restart.
   */
  @Override
  public RunOutcome apply(Order order) {
    RunRef ref = new RunRef(order.attempt(), run, order.token());
    try {
      return execute(order, ref);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return goesOnLater();
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        return goesOnLater();
      }
      services.events.broken(order.attempt().toString(), e);
      return dropped(order, ref, "this provider's host failed: " + e);
    }
  }

  private static RunOutcome goesOnLater() {
    return new RunOutcome.Stopped("the provider closes; the run goes on after its restart");
  }

  /** Without its folder a run cannot go on: nothing of it may stay behind. */
  private RunOutcome dropped(Order order, RunRef ref, String reason) {
    try {
      giveUp(ref, order, reason);
    } catch (IOException e) {
      services.events.broken(order.attempt().toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new RunOutcome.Broken(reason, true);
  }

  private RunOutcome execute(Order order, RunRef ref) throws IOException, InterruptedException {
    Optional<RunState> kept = services.folders.find(run);
    RunState state =
        kept.orElseGet(() -> RunState.claiming(signed, run, services.clocks.wall().instant()));
    if (kept.isEmpty()) {
      services.folders.save(state);
    }
    return switch (claim(order, claimUntil(order, kept.isPresent()))) {
      case Claim.Granted(RunGrant grant) -> held(order, grant, state);
      case Claim.Taken() -> giveUp(ref, order, TAKEN);
      case Claim.Refused(String reason) -> {
        services.events.refused(order.attempt().toString(), reason);
        yield giveUp(ref, order, reason);
      }
    };
  }

  /** A run that goes on waits for its coordinator for as long as a lease lasts. */
  private Instant claimUntil(Order order, boolean goesOn) {
    Instant patience = services.clocks.wall().instant().plus(order.limits().leaseDuration());
    return goesOn && patience.isAfter(order.expiresAt()) ? patience : order.expiresAt();
  }

  private Claim claim(Order order, Instant until) throws InterruptedException {
    int failed = 0;
    while (true) {
      try {
        return services.channel.claim(signed, run);
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (services.clocks.wall().instant().isAfter(until)) {
          return new Claim.Refused(
              "the coordinator was not reached until " + until + " to claim " + order.attempt());
        }
        services.backoff.pause(++failed);
      }
    }
  }

  private RunOutcome held(Order order, RunGrant grant, RunState state)
      throws IOException, InterruptedException {
    RunRef ref = grant.run();
    services.events.claimed(ref);
    try (LeaseKeeper lease =
        new LeaseKeeper(
            services.channel,
            ref,
            order.limits().leaseDuration(),
            beat -> services.folders.beat(run, beat),
            services.clocks.ticker())) {
      lease.start(services.folders.beats(run));
      services.live.enter(ref);
      return advance(order, grant, state, lease);
    } catch (LeaseLost e) {
      return giveUp(ref, order, e.reason());
    } finally {
      services.live.leave(ref);
    }
  }

  private RunOutcome advance(Order order, RunGrant grant, RunState first, LeaseKeeper lease)
      throws IOException, InterruptedException, LeaseLost {
    RunState state = first;
    try {
      if (state.step() == RunState.Step.CLAIMING) {
        RunState before = state;
        state = lease.guard(false, () -> fetch(order, grant, before));
        if (state.step() != RunState.Step.FETCHED) {
          // That it is fetched is kept with the next step, a moment later.
          keep(state);
        }
      }
      if (state.step() == RunState.Step.FETCHED || state.step() == RunState.Step.STARTING) {
        state = keep(new FunctionStep(services, order, grant, lease).run(state));
      }
    } catch (LeaseLost e) {
      if (e.standing() != LeaseKeeper.Standing.CANCELLED) {
        throw e;
      }
      state = keep(ended(state, new RunOutcome.Stopped(e.reason())));
    }
    Settlement settlement = new Settlement(services, order, grant);
    RunState result = state;
    return lease.guard(true, () -> settlement.settle(result, this::keep));
  }

  private RunState keep(RunState state) throws IOException {
    services.folders.save(state);
    return state;
  }

  private RunState fetch(Order order, RunGrant grant, RunState state)
      throws IOException, InterruptedException, LeaseLost {
    WorkFolder folder = services.folders.of(run);
    folder.createOwn();
    String sha256;
    switch (new InputStep(services.transfer, folder).bring(order, grant.run())) {
      case Brought.Not(RunOutcome outcome) -> {
        return ended(state, outcome);
      }
      case Brought.Done(String found) -> sha256 = found;
    }
    FilesStep files = new FilesStep(services, order, grant.run());
    Runner runner = services.runners.get(order.function().spec().rules().runner());
    Optional<String> missing =
        runner != null && runner.placesFiles() ? files.keep() : files.place();
    if (missing.isPresent()) {
      return ended(state, new RunOutcome.Broken(missing.get(), true));
    }
    services.events.fetched(grant.run());
    return state.fetched(sha256, services.clocks.wall().instant());
  }

  private RunState ended(RunState state, RunOutcome outcome) {
    Instant now = services.clocks.wall().instant();
    return state.ended(outcome, now, now);
  }

  /** Stops what runs, removes what is here and says nothing to the bucket. */
  private RunOutcome giveUp(RunRef ref, Order order, String reason)
      throws IOException, InterruptedException {
    WorkFolder folder = services.folders.of(run);
    Runner runner = services.runners.get(order.function().spec().rules().runner());
    if (runner != null
        && runner.reattach(ref, folder, order.limits(), order.slices())
            instanceof Runner.Reattach.Found(RunningFunction function)) {
      function.stop();
      while (function.await(Duration.ofSeconds(10)).isEmpty()) {
        function.stop();
      }
    }
    services.transfer.drop(ref, RunFolders.upload(folder));
    services.folders.remove(run);
    services.events.abandoned(ref, reason);
    return new RunOutcome.Stopped(reason);
  }
}
