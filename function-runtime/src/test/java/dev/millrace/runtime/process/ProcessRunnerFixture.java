package dev.millrace.runtime.process;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A process runner that watches closely, and one run's folder. */
abstract class ProcessRunnerFixture {
  /** What a run may write here. */
  static final long OUTPUT_MAX = 16 << 20;

  static final Duration LONG = Duration.ofSeconds(30);

  final RunRef run = Samples.run();
  @TempDir Path home;
  WorkFolder folder;
  ProcessRunner runner;

  @BeforeEach
  void start() {
    folder = new WorkFolder(home.resolve("run"));
    runner = runner();
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  static ProcessRunner runner() {
    return new ProcessRunner(
        new ProcessSettings(
            Samples.PROVIDER,
            new Allowed.Only(Set.of(Samples.FUNCTION)),
            Duration.ofMillis(300),
            Duration.ofMillis(20),
            OUTPUT_MAX));
  }

  RunPlan plan(String script, Map<String, String> variables, Limits limits) {
    return new RunPlan(
        run,
        Samples.FUNCTION,
        folder,
        new Code(null, script, List.of()),
        variables,
        limits,
        List.of());
  }

  RunningFunction begin(String script, Limits limits) {
    return ((Runner.Start.Started) runner.start(plan(script, Map.of(), limits))).function();
  }

  RunEnd run(String script, Limits limits) throws InterruptedException {
    return begin(script, limits).await(LONG).orElseThrow();
  }

  String log() throws Exception {
    return Files.readString(folder.log());
  }

  boolean alive(String name) throws Exception {
    return alive(Long.parseLong(Files.readString(folder.tmp().resolve(name)).strip()));
  }

  static boolean alive(long pid) {
    return new ProcFs(Path.of("/proc")).find((int) pid).filter(ProcEntry::alive).isPresent();
  }
}
