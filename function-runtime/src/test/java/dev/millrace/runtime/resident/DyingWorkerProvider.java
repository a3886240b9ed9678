package dev.millrace.runtime.resident;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A process of its own that gives a worker a job and kills itself while it is done. */
final class DyingWorkerProvider {
  private DyingWorkerProvider() {}

  /**
   * @param args the provider's folder, the run's folder and id, and a file whose coming is the
   *     moment to die
   */
  public static void main(String[] args) throws Exception {
    ProcessRunner process =
        new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Everything()));
    ResidentRunner runner =
        new ResidentRunner(
            process,
            new ProcessWorkers(process, Path.of(args[0]).resolve("workers")),
            new ResidentRunner.Times(
                InstantSource.system(), Ticker.system(), Duration.ofMinutes(1)));
    runner.start(
        new RunPlan(
            new RunRef(Samples.ATTEMPT, new RunId(args[2]), 7),
            Samples.FUNCTION,
            new WorkFolder(Path.of(args[1])),
            new Code(null, ResidentProcessTest.script(), List.of()),
            Map.of(),
            Samples.timeout(Duration.ofMinutes(5)),
            List.of(Samples.cpuSlice()),
            new Keep(1, 1, true)));
    while (!Files.exists(Path.of(args[3]))) {
      Thread.onSpinWait();
    }
    new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start().waitFor();
  }
}
