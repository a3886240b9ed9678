package dev.millrace.orch.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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

  /**
   * A function and what its jobs are measured by.
   *
   * @param warm how many are done before
   */
  private record Kind(String function, String floorIs, Budget budget, int warm) {}

  void measure(boolean docker) throws IOException, InterruptedException {
    int warm = bench.quickOr(24, 150);
    Budget share = Budget.ofFloor(SHARE);
    Budget orRate = Budget.atLeastOrOfFloor(300, SHARE);
    String pipes = "as many frames to bare workers over pipes";
    jobs(new Kind("resident", pipes, orRate, warm), count -> Pipes.perSecond(bench, 20 * count));
    jobs(
        new Kind("process", "bare spawns of the same shell", share, warm),
        count -> spawns(List.of("/bin/sh", "-c", "exit 0"), count));
    if (docker) {
      jobs(
          new Kind("docker", "bare docker run --rm of the same image", share, Functions.AT_ONCE),
          count -> spawns(Engine.bare(bench.image()), count));
      int few = bench.quickOr(Functions.AT_ONCE, 4 * Functions.AT_ONCE);
      jobs(
          new Kind("kept", "bare docker exec in a container that is there", share, few),
          this::within);
      jobs(new Kind("worker", pipes, orRate, warm), count -> Pipes.perSecond(bench, 20 * count));
    }
  }

  private double spawns(List<String> command, int count) throws IOException, InterruptedException {
    Callers callers = new Callers(bench.ticker(), Functions.AT_ONCE);
    return new Floors(bench.ticker()).spawns(command, Map.of(), callers, count);
  }

  private double within(int count) throws IOException, InterruptedException {
    Path id = bench.folder("container").resolve("id");
    Process lasting =
        bench.own(
            new ProcessBuilder(Engine.lasting(bench.image(), id))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start());
    try {
      List<String> command = new ArrayList<>();
      bench
          .pause()
          .until(
              Duration.ofSeconds(60),
              "a container for the floor",
              () -> {
                command.clear();
                command.addAll(Engine.within(Files.exists(id) ? Files.readString(id) : "none"));
                return Engine.ends(command);
              });
      return spawns(command, count);
    } finally {
      // It lasts as long as its input.
      lasting.getOutputStream().close();
      lasting.waitFor(10, TimeUnit.SECONDS);
      lasting.destroy();
    }
  }

  private void jobs(Kind kind, Floor floor) throws IOException, InterruptedException {
    String function = kind.function();
    bench.doing("pipeline: warming up " + function);
    Drop drop = new Drop(child, function);
    Duration none = child.used();
    double first = drop.jobs("warm", kind.warm());
    Settling settling = new Settling(child);
    double cold = settling.perPiece(none, kind.warm());
    int count =
        (int) Math.clamp(first * bench.round().toMillis() / 700, 2 * Functions.AT_ONCE, 2_000);
    int before =
        settling.settle(
            "pipeline: " + count + " jobs of " + function,
            count,
            cold,
            round -> drop.jobs("settle" + round, count));
    Rounds rounds = new Rounds();
    Rounds floors = new Rounds();
    Rounds used = new Rounds();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("pipeline: " + count + " jobs of " + function + ", round " + (round + 1));
      floors.add(floor.perSecond(count));
      Duration begun = child.used();
      rounds.add(drop.jobs("busy" + round, count));
      used.add(settling.perPiece(begun, count));
    }
    bench.add(
        Figure.of(
                "pipeline." + function,
                "no-op jobs end to end, " + function + ", 8 at once",
                "/s",
                true,
                rounds)
            .beside(kind.floorIs(), floors)
            .within(kind.budget()));
    bench.add(
        Figure.of(
            "pipeline." + function + ".cpu",
            "processor time of the coordinator a job, " + function,
            "ms",
            false,
            used));
    String of = "the first " + kind.warm() + " jobs, " + function + ": ";
    bench.add(
        Figure.of(
            "pipeline." + function + ".cold", of + "end to end", "/s", true, Rounds.of(first)));
    bench.add(
        Figure.of(
            "pipeline." + function + ".cold.cpu",
            of + "processor time a job",
            "ms",
            false,
            Rounds.of(cold)));
    bench.note(
        "no-op jobs, " + function + ": measured after " + (kind.warm() + before) + " others");
  }
}
