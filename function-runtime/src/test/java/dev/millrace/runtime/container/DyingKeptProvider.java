package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/** A process of its own that starts a job in a kept container and kills itself meanwhile. */
final class DyingKeptProvider {
  private DyingKeptProvider() {}

  /** What it left. */
  record Left(RunRef run, WorkFolder folder) {
    RunEnd found(KeptBench bench) throws InterruptedException {
      return ((Runner.Reattach.Found) bench.runner.reattach(run, folder, Samples.limits()))
          .function()
          .await(KeptBench.LONG)
          .orElseThrow();
    }
  }

  /** Starts one, and waits for its death. */
  static Left start(Engines.Given given, Path home, boolean resident, String script)
      throws Exception {
    Process provider =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DyingKeptProvider.class.getName(),
                given.host().toString(),
                home.toString(),
                Boolean.toString(resident),
                script)
            .inheritIO()
            .start();
    assertThat(provider.waitFor()).isEqualTo(137);
    try (Stream<Path> runs = Files.list(home.resolve("runs"))) {
      Path run = runs.findFirst().orElseThrow();
      return new Left(
          new RunRef(Samples.ATTEMPT, new RunId(run.getFileName().toString()), 7),
          new WorkFolder(run));
    }
  }

  static Map<String, String> labels(Path home) {
    return Map.of("dev.millrace.home", home.toAbsolutePath().toString());
  }

  /**
   * @param args engine, data folder, whether a worker does the job, and the script or the wish
   */
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[1]);
    KeptBench bench = new KeptBench(URI.create(args[0]), home, Duration.ofMinutes(5));
    KeptBench.Run run =
        Boolean.parseBoolean(args[2])
            ? bench.wish(args[3])
            : bench.run(args[3]).keep(new Keep(1, 1, false));
    run.begins();
    Path slots = home.resolve("slots/" + run.ref().run().value() + "/output/out");
    while (!Files.exists(slots)) {
      Thread.onSpinWait();
    }
    new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start().waitFor();
  }
}
