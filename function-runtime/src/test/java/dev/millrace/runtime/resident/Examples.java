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
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The workers that docs/worker.md shows, given jobs as a provider does. */
final class Examples {
  private Examples() {}

  static String text(String name) throws IOException {
    try (InputStream in = Examples.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Two good jobs with a bad one between them, all by one worker; and it stands in the page. */
  static void doesItsJobs(Path home, String program, String file) throws Exception {
    ProcessRunner process =
        new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Everything()));
    try (ResidentRunner runner =
        new ResidentRunner(
            process,
            new ProcessWorkers(process, home.resolve("workers")),
            new ResidentRunner.Times(
                InstantSource.system(), Ticker.system(), Duration.ofMinutes(1)))) {
      List<RunRef> runs = List.of(Samples.run(), Samples.run(), Samples.run());
      for (int number = 1; number <= 3; number++) {
        WorkFolder folder = new WorkFolder(home.resolve("run" + number));
        RunEnd.Ending ending =
            ending(runner, plan(runs.get(number - 1), folder, number, program, file));

        if (number == 2) {
          assertThat(ending).isEqualTo(new RunEnd.Exited(1));
          assertThat(folder.log()).content().contains("failed: ");
        } else {
          assertThat(ending).isEqualTo(new RunEnd.Exited(0));
          assertThat(folder.output().resolve("in.txt")).hasContent("TEXT " + number);
          assertThat(folder.log()).hasContent("read 6 characters\n");
        }
        assertThat(home.resolve("workers"))
            .isDirectoryContaining("glob:**/" + runs.getFirst().run());
      }
    }
    Path page = Path.of("..", "docs", "worker.md");
    assertThat(Files.readString(page)).contains(text(file));
  }

  private static RunPlan plan(
      RunRef run, WorkFolder folder, int number, String program, String file) throws Exception {
    folder.create();
    Files.writeString(folder.function().resolve(file), text(file));
    if (number != 2) {
      Files.writeString(folder.input().resolve("in.txt"), "text " + number);
    }
    return new RunPlan(
        run,
        Samples.FUNCTION,
        folder,
        new Code(
            null, "exec " + program + " \"$MILLRACE_FUNCTION_DIR/" + file + "\"", List.of(file)),
        Map.of("INPUT_FILE_PATH", folder.input().resolve("in.txt").toString()),
        Samples.limits(),
        List.of(Samples.cpuSlice()),
        new Keep(1, 1, true));
  }

  private static RunEnd.Ending ending(ResidentRunner runner, RunPlan plan) throws Exception {
    return ((Runner.Start.Started) runner.start(plan))
        .function()
        .await(Duration.ofSeconds(60))
        .orElseThrow()
        .ending();
  }
}
