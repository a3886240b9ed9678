package dev.millrace.runtime.process;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A process of its own that starts a function and kills itself while it runs. */
final class DyingProvider {
  private DyingProvider() {}

  /**
   * @param args the run's folder, the script, a file whose coming is the moment to die, and the
   *     run's id
   */
  public static void main(String[] args) throws Exception {
    ProcessRunner runner =
        new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Everything()));
    runner.start(
        new RunPlan(
            new RunRef(Samples.ATTEMPT, new RunId(args[3]), 7),
            Samples.FUNCTION,
            new WorkFolder(Path.of(args[0])),
            new Code(null, args[1], List.of()),
            Map.of(),
            Samples.timeout(Duration.ofMinutes(5)),
            List.of()));
    while (!Files.exists(Path.of(args[2]))) {
      Thread.onSpinWait();
    }
    new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start().waitFor();
  }
}
