package dev.millrace.orch.bench;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.client.EventStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts what jobs ask of the kernel, one job after the other, with strace where there is one: a
 * coordinator of its own, so that what is timed is never traced.
 */
final class Traces {
  private static final Pattern SYNC = Pattern.compile("(fsync|fdatasync)\\(");
  private static final Pattern SPAWN = Pattern.compile("execve(\\(| resumed>).* = 0( <|$)");
  private static final Pattern REQUEST =
      Pattern.compile("read(\\([0-9]+, | resumed>)\"(PUT|GET|HEAD|POST|DELETE) /(v1/)?");

  private final Bench bench;
  private final Path trace;

  private Traces(Bench bench, Path trace) {
    this.bench = bench;
    this.trace = trace;
  }

  static void measure(Bench bench) throws IOException, InterruptedException {
    Path folder = bench.folder("trace");
    if (!there()) {
      bench.note("fsyncs, requests and spawns were not counted: there is no strace here");
      return;
    }
    bench.doing("pipeline: counting what jobs ask of the kernel");
    Traces traces = new Traces(bench, folder.resolve("trace"));
    Path config = Functions.configuration(folder, false, "");
    try (Child child = Child.up(bench, folder.resolve("data"), config, traces.how())) {
      child.deploy(Functions.nothing(""));
      traces.count(child, "resident");
      traces.sequence(child);
      traces.count(child, "process");
    }
  }

  private static boolean there() throws InterruptedException {
    try {
      return new ProcessBuilder("strace", "-qq", "-e", "trace=none", "true").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Child.How how() {
    return new Child.How(
        List.of(),
        List.of(
            "strace",
            "-f",
            "-qq",
            "-ttt",
            "-T",
            "-s",
            "24",
            "-e",
            "trace=fsync,fdatasync,execve,read",
            "-e",
            "signal=none",
            "-o",
            trace.toString()),
        List.of());
  }

  private void count(Child child, String function) throws IOException, InterruptedException {
    Drop drop = new Drop(child, function);
    for (int i = 0; i < 3; i++) {
      drop.jobs("warm" + i, 1);
    }
    int jobs = bench.quickOr(5, 10);
    long from = Files.size(trace);
    for (int i = 0; i < jobs; i++) {
      drop.jobs("counted" + i, 1);
    }
    Counts counts = new Counts();
    try (var lines = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
      lines.skip(from);
      lines.lines().forEach(counts::take);
    }
    add(function, "syncs", "fsync and fdatasync", (double) counts.syncs / jobs);
    add(function, "puts", "PUTs to the store, the input's included", (double) counts.puts / jobs);
    add(function, "reads", "GETs and HEADs to the store", (double) counts.reads / jobs);
    add(function, "spawns", "programs executed", (double) counts.spawns / jobs);
  }

  /** Moments between which a job's claim was waited for. */
  private record Moments(Instant there, Instant claimed) {}

  private void sequence(Child child) throws IOException, InterruptedException {
    long from = Files.size(trace);
    List<Moments> moments = new ArrayList<>();
    Drop drop = new Drop(child, "resident");
    try (EventStream events = child.client().events()) {
      for (int i = 0; i < bench.quickOr(5, 10); i++) {
        String key = "in/sequence" + i;
        drop.load(1).send(1, n -> drop.request(key));
        moments.add(follow(events, key, bench.clock().instant()));
      }
    }
    SyncChain chain = new SyncChain();
    try (var lines = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
      lines.skip(from);
      lines.lines().forEach(chain::take);
    }
    Rounds rounds = new Rounds();
    moments.forEach(m -> rounds.add(chain.longest(m.there(), m.claimed())));
    bench.add(
        Figure.of(
                "pipeline.claim.commits",
                "forced writes one after the other, object there to claim won",
                "",
                false,
                rounds)
            .within(Budget.atMost(10)));
  }

  private Moments follow(EventStream events, String key, Instant there) throws IOException {
    Instant claimed = there;
    for (Optional<EventView> next = events.next(); next.isPresent(); next = events.next()) {
      EventView event = next.get();
      if (event.key().equals(key) && event.state().equals("running")) {
        claimed = bench.clock().instant();
      } else if (event.key().equals(key) && event.state().equals("succeeded")) {
        return new Moments(there, claimed);
      }
    }
    throw new IOException("the coordinator ended the events");
  }

  private void add(String function, String id, String what, double value) {
    bench.add(
        Figure.of(
            "pipeline." + function + "." + id,
            "a job alone, " + function + ": " + what,
            "",
            false,
            Rounds.of(value)));
  }

  /** Lines of a trace. */
  private static final class Counts {
    private int syncs;
    private int spawns;
    private int puts;
    private int reads;

    void take(String line) {
      if (SYNC.matcher(line).find()) {
        syncs++;
      } else if (SPAWN.matcher(line).find()) {
        spawns++;
      } else {
        Matcher request = REQUEST.matcher(line);
        if (request.find() && request.group(3) == null) {
          switch (request.group(2)) {
            case "PUT", "POST" -> puts++;
            case "GET", "HEAD" -> reads++;
            default -> {
              // DELETEs are no part of the budgets.
            }
          }
        }
      }
    }
  }
}
