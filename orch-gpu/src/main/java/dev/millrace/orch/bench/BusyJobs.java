package dev.millrace.orch.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * As many jobs as come in one go, end to end, beside what they would cost bare: a conversation with
 * as many workers over pipes, or as many spawns, at the same concurrency.
 */
final class BusyJobs {
  private static final double SHARE = 0.8;

  private final Child child;
  private final Bench bench;

  BusyJobs(Child child) {
    this.child = child;
    this.bench = child.bench();
  }

  /** What the bare work reaches, for so many. */
  @FunctionalInterface
  private interface Floor {
    double perSecond(int count) throws IOException, InterruptedException;
  }

  void measure(boolean docker) throws IOException, InterruptedException {
    Callers callers = new Callers(bench.ticker(), Functions.AT_ONCE);
    jobs(
        "resident",
        "as many frames to bare workers over pipes",
        Budget.atLeastOrOfFloor(300, SHARE),
        count -> Pipes.perSecond(bench, 20 * count));
    jobs(
        "process",
        "bare spawns of the same shell",
        Budget.ofFloor(SHARE),
        count ->
            new Floors(bench.ticker())
                .spawns(List.of("/bin/sh", "-c", "exit 0"), Map.of(), callers, count));
    if (docker) {
      jobs(
          "docker",
          "bare docker run --rm of the same image",
          Budget.ofFloor(SHARE),
          count ->
              new Floors(bench.ticker())
                  .spawns(Engine.bare(bench.image()), Map.of(), callers, count));
    }
  }

  private void jobs(String function, String floorIs, Budget budget, Floor floor)
      throws IOException, InterruptedException {
    bench.doing("pipeline: warming up " + function);
    Drop drop = new Drop(child, function);
    double first = drop.jobs("warm", bench.quickOr(24, 150));
    int count = (int) Math.clamp(first * bench.round().toMillis() / 700, 16, 2_000);
    Rounds rounds = new Rounds();
    Rounds floors = new Rounds();
    Rounds used = new Rounds();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("pipeline: " + count + " jobs of " + function + ", round " + (round + 1));
      floors.add(floor.perSecond(count));
      Duration before = child.used();
      rounds.add(drop.jobs("busy" + round, count));
      used.add(child.used().minus(before).toNanos() / 1e6 / count);
    }
    bench.add(
        Figure.of(
                "pipeline." + function,
                "no-op jobs end to end, " + function + ", 8 at once",
                "/s",
                true,
                rounds)
            .beside(floorIs, floors)
            .within(budget));
    bench.add(
        Figure.of(
            "pipeline." + function + ".cpu",
            "processor time of the coordinator a job, " + function,
            "ms",
            false,
            used));
  }
}
