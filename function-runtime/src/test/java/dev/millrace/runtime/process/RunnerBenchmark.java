package dev.millrace.runtime.process;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Functions a second of the process runner, beside two floors at the same concurrency: bare shells
 * started by this JVM, and the programs alone that a wrapper executes, started by one shell without
 * any of the files by which they are found again.
 */
final class RunnerBenchmark {
  private static final int ROUNDS = 3;

  private RunnerBenchmark() {}

  /**
   * @param args how many runs a round, how many at a time
   */
  public static void main(String[] args) throws Exception {
    int runs = args.length > 0 ? Integer.parseInt(args[0]) : 400;
    int atOnce = args.length > 1 ? Integer.parseInt(args[1]) : 8;
    Path root = Files.createTempDirectory("millrace-runner-bench");
    Path script = Files.writeString(root.resolve("script.sh"), "exit 0\n");
    System.out.println("runs " + runs + ", at once " + atOnce + ", rounds " + ROUNDS);
    for (int round = 1; round <= ROUNDS; round++) {
      Path folder = Files.createDirectory(root.resolve("round" + round));
      double shells = rate(runs, atOnce, i -> () -> shell(script));
      double programs = programs(runs, atOnce, script);
      double functions;
      try (ProcessRunner runner =
          new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Everything()))) {
        functions = rate(runs, atOnce, i -> () -> function(runner, i, folder.resolve("r" + i)));
      }
      System.out.printf(
          "round %d: bare shells %.0f/s, the wrapper's programs %.0f/s, runner %.0f/s:"
              + " %.2f of bare shells, %.2f of the programs%n",
          round, shells, programs, functions, functions / shells, functions / programs);
    }
  }

  /** One piece of work by its number. */
  private interface Work {
    Callable<Boolean> of(int number);
  }

  private static double rate(int runs, int atOnce, Work work) throws Exception {
    Semaphore room = new Semaphore(atOnce);
    List<Future<Boolean>> all = new ArrayList<>();
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < runs; i++) {
        Callable<Boolean> one = work.of(i);
        all.add(
            threads.submit(() -> {
              room.acquire();
              try {
                return one.call();
              } finally {
                room.release();
              }
            }));
      }
      for (Future<Boolean> each : all) {
        if (!each.get()) {
          throw new IllegalStateException("a run did not end with exit code 0");
        }
      }
    }
    return runs / ((System.nanoTime() - began) / 1e9);
  }

  private static boolean shell(Path script) throws Exception {
    return new ProcessBuilder("/bin/sh", script.toString())
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** Each lane is a shell that runs one after the other. */
  private static double programs(int runs, int atOnce, Path script) throws Exception {
    String lane =
        "i=0; while [ $i -lt "
            + runs / atOnce
            + " ]; do setsid timeout -k 2 60 /bin/sh "
            + script
            + " 2>&1 | { head -c 1000 > /dev/null; exec tail -c 1000 > /dev/null; };"
            + " i=$((i+1)); done";
    String all =
        "n=0; while [ $n -lt " + atOnce + " ]; do { " + lane + "; } & n=$((n+1)); done; wait";
    long began = System.nanoTime();
    int code =
        new ProcessBuilder("/bin/sh", "-c", all)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException("the lanes ended with " + code);
    }
    return runs / atOnce * atOnce / ((System.nanoTime() - began) / 1e9);
  }

  private static boolean function(ProcessRunner runner, int number, Path folder)
      throws InterruptedException {
    RunId run = new RunId("01jd%022d".formatted(number));
    RunPlan plan =
        new RunPlan(
            new RunRef(Samples.ATTEMPT, run, 7),
            Samples.FUNCTION,
            new WorkFolder(folder),
            new Code(null, "exit 0\n", List.of()),
            Map.of(),
            Samples.limits(),
            List.of());
    RunEnd end =
        ((Runner.Start.Started) runner.start(plan))
            .function()
            .await(Duration.ofMinutes(1))
            .orElseThrow();
    return end.ending().equals(new RunEnd.Exited(0));
  }
}
