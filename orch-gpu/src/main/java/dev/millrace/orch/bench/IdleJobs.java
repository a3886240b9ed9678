package dev.millrace.orch.bench;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.client.EventStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * One job after the other on an idle coordinator: the time from the answer to the PUT, which says
 * that the object is durable, to the event that the run's claim has won. Events are pushed, so that
 * looking costs the coordinator nothing.
 */
final class IdleJobs {
  private static final String FUNCTION = "resident";
  private static final int COMMIT_BYTES = 4 << 10;
  private static final int COMMITS = 10;

  private final Child child;
  private final Bench bench;
  private final Drop drop;

  IdleJobs(Child child) {
    this.child = child;
    this.bench = child.bench();
    this.drop = new Drop(child, FUNCTION);
  }

  /** What one job took, in nanoseconds after the object was there. */
  record Taken(String job, long claimed, long ended) {}

  void measure(Path folder) throws IOException, InterruptedException {
    bench.doing("pipeline: warming up");
    run("warm", bench.quickOr(10, 60));
    int count = bench.quickOr(20, 60);
    Rounds half = new Rounds();
    Rounds most = new Rounds();
    Rounds whole = new Rounds();
    Rounds floors = new Rounds();
    List<Taken> all = new ArrayList<>();
    for (int round = 0; round < bench.rounds(); round++) {
      bench.doing("pipeline: one job at a time, round " + (round + 1));
      floors.add(
          COMMITS
              * 1e3
              / new Floors(bench.ticker()).syncedAppends(folder, COMMIT_BYTES, count * 2));
      List<Taken> taken = run("idle" + round, count);
      half.add(Rounds.millis(sorted(taken, Taken::claimed), 0.5));
      most.add(Rounds.millis(sorted(taken, Taken::claimed), 0.99));
      whole.add(Rounds.millis(sorted(taken, Taken::ended), 0.5));
      all.addAll(taken);
    }
    String is = COMMITS + " synced appends of 4 KiB, one after the other";
    bench.add(
        Figure.of("pipeline.claim.p50", "object there to claim won, idle, p50", "ms", false, half)
            .beside(is, floors)
            .within(Budget.atMost(15)));
    bench.add(
        Figure.of("pipeline.claim.p99", "object there to claim won, idle, p99", "ms", false, most)
            .beside(is, floors)
            .within(Budget.atMost(60)));
    bench.add(
        Figure.of("pipeline.whole.p50", "object there to job done, idle, p50", "ms", false, whole));
    parts(all);
  }

  private static long[] sorted(List<Taken> taken, ToLongFunction<Taken> of) {
    long[] nanos = taken.stream().mapToLong(of).toArray();
    Arrays.sort(nanos);
    return nanos;
  }

  /** So many jobs, one after the other. */
  List<Taken> run(String name, int count) throws IOException, InterruptedException {
    List<Taken> taken = new ArrayList<>();
    HttpLoad load = drop.load(1);
    try (EventStream events = child.client().events()) {
      for (int i = 0; i < count; i++) {
        String key = "in/" + name + "-" + i;
        HttpLoad.Request request = drop.request(key);
        load.send(1, n -> request);
        taken.add(follow(events, key, bench.ticker().nanos()));
      }
    }
    return taken;
  }

  private Taken follow(EventStream events, String key, long began) throws IOException {
    long claimed = 0;
    for (Optional<EventView> next = events.next(); next.isPresent(); next = events.next()) {
      EventView event = next.get();
      if (event.key().equals(key)) {
        long now = bench.ticker().nanos() - began;
        claimed = event.state().equals("running") && claimed == 0 ? now : claimed;
        if (event.state().equals("succeeded")) {
          return new Taken(event.job().value(), claimed, now);
        }
      }
    }
    throw new IOException("the coordinator ended the events");
  }

  /** Where an idle job's time goes, by the journal's own times. */
  private void parts(List<Taken> jobs) throws IOException {
    List<JobDetail.Split> splits = new ArrayList<>();
    for (Taken taken : jobs) {
      JobDetail.Split split = child.client().job(taken.job()).split();
      if (split != null) {
        splits.add(split);
      }
    }
    part("queue", "admitted to placed", splits, JobDetail.Split::queueMicros);
    part("stage", "placed to staged", splits, JobDetail.Split::stageMicros);
    part("start", "staged to claimed", splits, JobDetail.Split::startMicros);
    part("run", "claimed to produced", splits, JobDetail.Split::runMicros);
    part("publish", "produced to published", splits, JobDetail.Split::publishMicros);
  }

  private void part(
      String id, String what, List<JobDetail.Split> splits, ToLongFunction<JobDetail.Split> of) {
    if (!splits.isEmpty()) {
      long[] nanos = splits.stream().mapToLong(of).map(micros -> micros * 1_000).toArray();
      Arrays.sort(nanos);
      bench.add(
          Figure.of(
              "pipeline.part." + id,
              "of an idle job: " + what + ", p50",
              "ms",
              false,
              Rounds.of(Rounds.millis(nanos, 0.5))));
    }
  }
}
