package dev.millrace.orch.bench;

import dev.millrace.orch.plan.Decision;
import dev.millrace.orch.plan.Plan;
import dev.millrace.orch.plan.PlanInput;
import dev.millrace.orch.plan.Planner;
import dev.millrace.orch.plan.WaitingJob;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.IntSupplier;

/**
 * Decisions a second on fleets of GPUs: whole plans, in processor time of their one thread, so that
 * a busy machine matters less. The floor puts the same jobs on the same devices by subtracting.
 */
record MatchSuite() implements Suite {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  @Override
  public String name() {
    return "match";
  }

  @Override
  public void measure(Bench bench) {
    fleet(bench, 1_000, 50_000);
    fleet(bench, 10_000, 10_000);
  }

  private static void fleet(Bench bench, int gpus, double budget) {
    for (MatchLoad.Mix mix : MatchLoad.Mix.values()) {
      bench.doing("match: " + gpus + " accelerators, " + mix.words());
      PlanInput input = MatchLoad.input(mix, gpus, 2 * gpus);
      Plan plan = Planner.plan(input);
      IntSupplier planned = () -> Planner.plan(input).decisions().size();
      IntSupplier least = () -> floor(input, plan);
      rate(bench, planned, input.queue().size());
      Rounds rounds = new Rounds();
      Rounds floors = new Rounds();
      for (int round = 0; round < bench.rounds(); round++) {
        floors.add(rate(bench, least, input.queue().size()));
        rounds.add(rate(bench, planned, input.queue().size()));
      }
      bench.add(
          Figure.of(
                  "match." + gpus + "." + mix.id(),
                  Figure.number(gpus) + " GPUs, " + mix.words(),
                  "decisions/s",
                  true,
                  rounds)
              .beside("the same jobs put down by a loop that only subtracts", floors)
              .within(Budget.atLeast(budget)));
    }
  }

  private static double rate(Bench bench, IntSupplier work, int decisions) {
    long until = bench.ticker().nanos() + bench.round().toNanos() / 4;
    long used = THREADS.getCurrentThreadCpuTime();
    long sum = 0;
    int calls = 0;
    while (calls == 0 || bench.ticker().nanos() - until < 0) {
      sum += work.getAsInt();
      calls++;
    }
    if (sum == 0) {
      throw new IllegalStateException("nothing was decided");
    }
    return (double) decisions * calls * 1e9 / (THREADS.getCurrentThreadCpuTime() - used);
  }

  private static int floor(PlanInput input, Plan plan) {
    int gpus = input.fleet().devices().size();
    long[] free = new long[gpus];
    for (int i = 0; i < gpus; i++) {
      free[i] = input.fleet().devices().get(i).accelerator().memory().value();
    }
    int next = 0;
    for (WaitingJob job : input.queue()) {
      free[next] -= job.request().memory().value();
      next = next + 1 == gpus ? 0 : next + 1;
    }
    int seen = free[0] == Long.MIN_VALUE ? 1 : 0;
    for (Decision decision : plan.decisions()) {
      seen += decision instanceof Decision.Start ? 1 : 2;
    }
    return seen;
  }
}
