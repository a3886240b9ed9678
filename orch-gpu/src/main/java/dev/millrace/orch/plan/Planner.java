package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of every waiting job. Equal inputs give equal plans, whatever the order of
 * their lists. Host memory and processors of jobs on other devices than the CPU are not planned:
 * they take nothing of their host's CPU device.
 */
public final class Planner {
  private final PlanInput input;
  private final FairOrder order;
  private final Capacity capacity;
  private final BestFit bestFit;
  private final Reservations reservations;
  private final Shares shares;

  /** Demands that found no room: room only shrinks within a plan, so they need no second search. */
  private final Map<Demand, Placement> stuck = new HashMap<>();

  private final List<Decision> decisions = new ArrayList<>();

  private Planner(PlanInput input) {
    this.input = input;
    Room room = new Room(input.fleet());
    order = new FairOrder(input);
    capacity = new Capacity(input.fleet());
    bestFit = new BestFit(room, capacity, input.policy().strategy());
    reservations = new Reservations(room);
    shares = new Shares(room);
  }

  /** The decisions for this input. Safe to call from any thread. */
  public static Plan plan(PlanInput input) {
    return new Planner(input).run();
  }

  private Plan run() {
    int acted = 0;
    while (order.remaining() > 0 && acted < input.policy().decisionsMax()) {
      Decision decision = decide(order.next());
      decisions.add(decision);
      if (!(decision instanceof Decision.Wait)) {
        acted++;
      }
    }
    return new Plan(decisions, order.remaining());
  }

  private Decision decide(WaitingJob job) {
    Demand demand = Demand.of(job, input.policy());
    return switch (place(demand)) {
      case Placement.Placed placed -> start(job, demand, placed);
      case Placement.WaitForRoom(String shortBy) -> keepWaiting(job, demand, shortBy);
      case Placement.NeverFits(String reason) -> refuseInTime(job, reason);
    };
  }

  private Placement place(Demand demand) {
    @Nullable Placement known = stuck.get(demand);
    if (known != null) {
      return known;
    }
    Placement placement = bestFit.place(demand);
    if (!(placement instanceof Placement.Placed)) {
      stuck.put(demand, placement);
    }
    return placement;
  }

  private Decision start(WaitingJob job, Demand demand, Placement.Placed placed) {
    int percents = placed.slices().stream().mapToInt(Slice::computePercent).sum();
    order.started(shares.of(demand, percents));
    return new Decision.Start(job.id(), placed.slices(), placed.provider(), placed.pool());
  }

  private Decision keepWaiting(WaitingJob job, Demand demand, String shortBy) {
    order.passed();
    List<Device> kept =
        order.isStarved(job) ? reservations.keepFor(job.tenant(), demand) : List.of();
    if (kept.isEmpty()) {
      return waiting(job.id(), WaitReason.Cause.NO_ROOM, shortBy);
    }
    String names =
        kept.stream().map(d -> d.accelerator.id().value()).collect(Collectors.joining(", "));
    return waiting(
        job.id(), WaitReason.Cause.RESERVING, shortBy + "; kept free for it from now on: " + names);
  }

  private Decision refuseInTime(WaitingJob job, String reason) {
    order.passed();
    if (capacity.declared()) {
      return new Decision.Refuse(job.id(), reason);
    }
    Duration limit = input.policy().undeclaredWait();
    Duration waited = Duration.between(job.waitingSince(), input.now());
    return waited.compareTo(limit) >= 0
        ? new Decision.Refuse(job.id(), reason + ", and none came in " + limit.toSeconds() + " s")
        : waiting(
            job.id(),
            WaitReason.Cause.UNDECLARED,
            reason + "; waits " + limit.toSeconds() + " s for one to come");
  }

  private static Decision waiting(JobId job, WaitReason.Cause cause, String text) {
    return new Decision.Wait(job, new WaitReason(cause, text));
  }
}
