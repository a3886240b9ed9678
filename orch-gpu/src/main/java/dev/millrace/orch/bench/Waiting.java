package dev.millrace.orch.bench;

import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Transition;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What 100,000 waiting jobs (10,000 where it must be quick) cost those that run. They wait for a
 * GPU that one job holds; they are written into the journal by the journal itself, while no
 * coordinator runs.
 */
final class Waiting {
  private static final int FEW = 100;
  private static final int MANY = 100_000;
  private static final int MANY_QUICK = 10_000;
  private static final int TOGETHER = 1_000;
  private static final double RESTART_SECONDS = 5;
  private static final double HEAP_MIB = 256;
  private static final double SHARE = 0.8;
  private static final FunctionRef HELD =
      new FunctionRef(new TenantId("main"), new FunctionName("held"));

  private final Bench bench;
  private final Random random = new Random(1);
  private int seeded;

  Waiting(Bench bench) {
    this.bench = bench;
  }

  void measure() throws IOException, InterruptedException {
    Path folder = bench.folder("waiting");
    Path data = folder.resolve("data");
    Path config = Functions.configuration(folder, false, "");
    Path held = Files.createFile(folder.resolve("held"));
    hold(data, config, held);
    Rounds few = among(data, config, FEW, new Rounds());
    Rounds heap = new Rounds();
    Rounds ready = new Rounds();
    int waiting = bench.quickOr(MANY_QUICK, MANY);
    Rounds many = among(data, config, waiting, heap, ready);
    letGo(held);
    String what = Figure.number(waiting) + " waiting jobs";
    bench.add(
        Figure.of("pipeline.waiting", "jobs done among " + what, "/s", true, many)
            .beside("the same among 100 that wait", few)
            .within(Budget.ofFloor(SHARE)));
    bench.add(
        Figure.of("pipeline.waiting.heap", "heap with " + what, "MiB", false, heap)
            .within(Budget.atMost(HEAP_MIB)));
    bench.add(
        Figure.of("pipeline.waiting.ready", "restart with " + what, "s", false, ready)
            .within(Budget.atMost(RESTART_SECONDS)));
  }

  /** One job takes the GPU. */
  private void hold(Path data, Path config, Path held) throws IOException, InterruptedException {
    bench.doing("pipeline: a job that holds the GPU");
    try (Child child = Child.up(bench, data, config, Child.How.USUAL)) {
      child.deploy(Functions.holding(held));
      Drop drop = new Drop(child, "held");
      HttpLoad.Request request = drop.request("in/first");
      drop.load(1).send(1, n -> request);
      bench
          .pause()
          .until(
              Duration.ofSeconds(60),
              "the job that holds the GPU",
              () -> child.client().counts().states().getOrDefault("running", 0L) == 1);
    }
  }

  private Rounds among(Path data, Path config, int waiting, Rounds heap)
      throws IOException, InterruptedException {
    return among(data, config, waiting, heap, new Rounds());
  }

  private Rounds among(Path data, Path config, int waiting, Rounds heap, Rounds ready)
      throws IOException, InterruptedException {
    bench.doing("pipeline: writing " + waiting + " waiting jobs");
    seed(data, waiting);
    bench.doing("pipeline: starting among " + waiting + " waiting jobs");
    Rounds rates = new Rounds();
    try (Child child = Child.up(bench, data, config, Child.How.USUAL)) {
      ready.add(child.readySeconds());
      Drop drop = new Drop(child, "resident");
      double first = drop.jobs("warm" + waiting, bench.quickOr(24, 150));
      int count = (int) Math.clamp(first * bench.round().toMillis() / 700, 16, 2_000);
      for (int round = 0; round < bench.rounds(); round++) {
        bench.doing("pipeline: jobs among " + waiting + " that wait, round " + (round + 1));
        rates.add(drop.jobs("among" + waiting + "-" + round, count));
      }
      long still = child.client().counts().states().getOrDefault("waiting", 0L);
      if (still < waiting) {
        throw new IOException("of " + waiting + " waiting jobs " + still + " wait still");
      }
      heap.add(child.heapMib());
    }
    return rates;
  }

  /**
   * A process outlives its coordinator. The one that holds the GPU ends now that none runs, which
   * would give it to the next.
   */
  private void letGo(Path held) throws IOException, InterruptedException {
    Files.delete(held);
    Path over = Functions.over(held);
    bench
        .pause()
        .until(
            Duration.ofSeconds(20),
            "the end of the job that held the GPU",
            () -> Files.exists(over));
  }

  /** So many jobs wait afterwards. */
  private void seed(Path data, int waiting) throws IOException {
    Ulids ids = new Ulids(bench.clock(), random);
    Instant now = bench.clock().instant();
    try (Journal journal = bench.ground().journal(data)) {
      while (seeded < waiting) {
        ObjectName first = object(seeded);
        done(
            journal,
            new Transition.AcceptNotices(
                HELD.tenant(), List.of(new Notice("listing", first, null, now))));
        long notice = journal.pendingNotices(0, TOGETHER).getLast().id();
        List<Admission> jobs = new ArrayList<>();
        for (int until = Math.min(waiting, seeded + TOGETHER); seeded < until; seeded++) {
          VersionTag version = new VersionTag.Generation(1);
          InputRef input = new InputRef(object(seeded), version, "e", 7, now);
          jobs.add(new Admission(ids.job(), HELD, input, 1, 0, 0, ""));
        }
        done(
            journal,
            new Transition.DecideNotice(
                HELD.tenant(),
                notice,
                first,
                "bench",
                new VersionTag.Generation(1),
                journal.tenantDeploys().getOrDefault(HELD.tenant(), 0L),
                Set.of(HELD),
                jobs,
                List.of(),
                "admitted",
                now));
      }
    }
  }

  private static ObjectName object(int number) {
    return new ObjectName(StoreId.EMBEDDED, "held", "in/waiting-" + number);
  }

  private static void done(Journal journal, Transition transition) throws IOException {
    if (journal.commit(transition) instanceof Commit.Conflict(String reason)) {
      throw new IOException("the journal refuses: " + reason);
    }
  }
}
