package dev.millrace.orch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How soon {@code up} is ready on a folder that was used, with an AOT cache and without. */
record Starts(Bench bench, Path data, Path config) {
  private static final double SECONDS = 5;

  void measure() throws IOException, InterruptedException {
    Path cache = data.resolveSibling("bench.aot");
    boolean cached = bench.ground().archived();
    if (cached) {
      bench.doing("pipeline: making an AOT cache");
      start("-XX:AOTCacheOutput=" + cache, "-Xlog:aot=off", "-Xlog:cds=off");
      cached = Files.exists(cache);
    }
    if (!cached) {
      bench.note(
          "no AOT cache was measured: it needs a class path of archives; start by ./millrace");
    }
    Rounds usual = new Rounds();
    Rounds withCache = new Rounds();
    for (int round = 0; round < bench.quickOr(1, 3); round++) {
      bench.doing("pipeline: starting again, round " + (round + 1));
      usual.add(start());
      if (cached) {
        withCache.add(start("-XX:AOTCache=" + cache));
      }
    }
    bench.add(
        Figure.of("pipeline.ready", "up is ready", "s", false, usual)
            .within(Budget.atMost(SECONDS)));
    if (cached) {
      bench.add(
          Figure.of("pipeline.ready.aot", "up is ready, with an AOT cache", "s", false, withCache)
              .within(Budget.atMost(SECONDS)));
    }
  }

  private double start(String... options) throws IOException, InterruptedException {
    try (Child child = Child.up(bench, data, config, Child.How.with(options))) {
      return child.readySeconds();
    }
  }
}
