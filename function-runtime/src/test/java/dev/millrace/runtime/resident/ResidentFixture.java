package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Workers as child processes, and plans of jobs for them. */
abstract class ResidentFixture {
  /** What a worker may write here. */
  static final long OUTPUT_MAX = 16 << 20;

  static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path home;
  ResidentRunner runner;

  @BeforeEach
  void start() throws IOException {
    runner = runner(Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  ResidentRunner runner(Duration idleMax) throws IOException {
    ProcessRunner process =
        new ProcessRunner(
            new ProcessSettings(
                Samples.PROVIDER,
                new Allowed.Only(Set.of(Samples.FUNCTION)),
                Duration.ofMillis(300),
                Duration.ofMillis(20),
                OUTPUT_MAX));
    return new ResidentRunner(
        process,
        new ProcessWorkers(process, home.resolve("workers")),
        new ResidentRunner.Times(InstantSource.system(), Ticker.system(), idleMax));
  }

  static String script() throws IOException {
    try (InputStream in = ResidentFixture.class.getResourceAsStream("worker.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A job's plan, its folder, and what it wants done. */
  RunPlan plan(String wish, Limits limits, Map<String, String> variables) throws IOException {
    RunRef run = Samples.run();
    WorkFolder folder = folder(run);
    folder.create();
    Files.writeString(folder.input().resolve("in"), wish + "\n");
    Files.writeString(folder.function().resolve("part"), "shipped\n");
    Map<String, String> all = new HashMap<>(variables);
    all.put("INPUT_FILE_PATH", folder.input() + "/in");
    return new RunPlan(
        run,
        Samples.FUNCTION,
        folder,
        new Code(null, script(), List.of("part")),
        all,
        limits,
        List.of(Samples.cpuSlice()),
        new Keep(1, 1, true));
  }

  WorkFolder folder(RunRef run) {
    return new WorkFolder(home.resolve(run.run().value()));
  }

  RunPlan plan(String wish) throws IOException {
    return plan(wish, Samples.limits(), Map.of());
  }

  RunningFunction begin(RunPlan plan) throws InterruptedException {
    return ((Runner.Start.Started) runner.start(plan)).function();
  }

  RunEnd.Ending end(RunPlan plan) throws InterruptedException {
    return begin(plan).await(LONG).orElseThrow().ending();
  }

  String out(RunPlan plan) throws IOException {
    return Files.readString(plan.folder().output().resolve("out")).strip();
  }

  /** The worker's process and how many jobs it has had. */
  String counted(RunPlan plan) throws Exception {
    assertThat(end(plan)).isEqualTo(new RunEnd.Exited(0));
    return out(plan);
  }

  /** A process that has ended but that nobody has asked for yet does not run. */
  static boolean runs(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  RunEnd found(RunPlan plan) throws InterruptedException {
    return ((Runner.Reattach.Found) runner.reattach(plan.run(), plan.folder(), plan.limits()))
        .function()
        .await(LONG)
        .orElseThrow();
  }

  RunPlan scripted(String script) throws IOException {
    RunPlan plan = plan("");
    return new RunPlan(
        plan.run(),
        plan.function(),
        plan.folder(),
        new Code(null, script, List.of()),
        plan.variables(),
        plan.limits(),
        plan.slices(),
        plan.keep());
  }

  static RunPlan limited(RunPlan plan, Limits limits) {
    return new RunPlan(
        plan.run(),
        plan.function(),
        plan.folder(),
        plan.code(),
        plan.variables(),
        limits,
        plan.slices(),
        plan.keep());
  }
}
