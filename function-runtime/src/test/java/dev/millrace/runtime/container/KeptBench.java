package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.resident.ResidentRunner;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A docker runner that keeps containers, on one engine, with a data folder of its own. */
final class KeptBench implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(90);

  private static final Ulids IDS = new Ulids(InstantSource.system(), new SecureRandom());

  private final Path home;
  private final Duration idleMax;
  private final DockerSettings settings;
  private final EngineDoor door;
  ResidentRunner runner;

  KeptBench(URI host, Path home, Duration idleMax) throws IOException {
    this.home = home.toAbsolutePath();
    this.idleMax = idleMax;
    this.door = new EngineDoor(host);
    this.settings =
        new DockerSettings(
            Samples.PROVIDER,
            this.home,
            Optional.empty(),
            new DockerSettings.Room(64L << 20, 16L << 20, 64),
            new DockerSettings.Pace(
                Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofMillis(200)));
    this.runner = open();
  }

  static KeptBench on(Engines.Given given, Path home) throws IOException {
    return new KeptBench(given.host(), home, Duration.ofMinutes(5));
  }

  private ResidentRunner open() throws IOException {
    Images images = new Images(new LoggedPulls(), Ticker.system());
    DockerRunner.Clocks clocks = new DockerRunner.Clocks(InstantSource.system(), Ticker.system());
    return new ResidentRunner(
        new DockerRunner(door, settings, clocks, images),
        new KeptContainers(door, settings, images),
        new ResidentRunner.Times(InstantSource.system(), Ticker.system(), idleMax));
  }

  /** As after a restart of the process. */
  void restart() throws IOException {
    runner.close();
    runner = open();
  }

  List<ContainerSummary> containers() throws Exception {
    return door.engine().list(ContainerNames.common(settings));
  }

  void awaitContainers(int count) {
    await().atMost(LONG).untilAsserted(() -> assertThat(containers()).hasSize(count));
  }

  void awaitNothingLeft() {
    awaitContainers(0);
    await().atMost(LONG).untilAsserted(() -> assertThat(home.resolve("slots")).isEmptyDirectory());
  }

  static String worker() throws IOException {
    try (InputStream in =
        KeptBench.class.getResourceAsStream("/dev/millrace/runtime/resident/worker.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A job of a function of which a container is kept. */
  Run run(String script) throws IOException {
    return new Run(script, new Keep(1, 1, false));
  }

  /** A job for the worker of the tests. */
  Run wish(String wish) throws IOException {
    Run run = new Run(worker(), new Keep(1, 1, true));
    run.input("in", wish + "\n");
    return run;
  }

  /** A job with its id and folder. */
  final class Run {
    private final RunRef ref = new RunRef(Samples.ATTEMPT, IDS.run(), 7);
    private final WorkFolder folder = new WorkFolder(home.resolve("runs/" + ref.run().value()));
    private final @Nullable String script;
    private final Map<String, String> variables = new HashMap<>();
    private Keep keep;
    private Limits limits = Samples.limits();

    Run(@Nullable String script, Keep keep) throws IOException {
      this.script = script;
      this.keep = keep;
      folder.create();
      Files.writeString(folder.function().resolve("part"), "shipped\n");
      variables.put("MILLRACE_RUN_ID", ref.run().value());
    }

    RunRef ref() {
      return ref;
    }

    Run variable(String name, String value) {
      variables.put(name, value);
      return this;
    }

    Run limits(Limits other) {
      limits = other;
      return this;
    }

    Run keep(Keep other) {
      keep = other;
      return this;
    }

    Run input(String name, String text) throws IOException {
      Files.writeString(folder.input().resolve(name), text);
      return this;
    }

    WorkFolder folder() {
      return folder;
    }

    RunningFunction begins() throws InterruptedException {
      Runner.Start start =
          runner.start(
              new RunPlan(
                  ref,
                  Samples.FUNCTION,
                  folder,
                  new Code(Engines.IMAGE, script, List.of("part")),
                  variables,
                  limits,
                  List.of(Samples.cpuSlice()),
                  keep));
      assertThat(start).isInstanceOf(Runner.Start.Started.class);
      return ((Runner.Start.Started) start).function();
    }

    RunEnd.Ending ends() throws InterruptedException {
      return begins().await(LONG).orElseThrow().ending();
    }

    /** Its log, when it went well. */
    String says() throws Exception {
      assertThat(ends()).as(() -> "log: " + quietLog()).isEqualTo(new RunEnd.Exited(0));
      return log();
    }

    private String quietLog() {
      try {
        return log();
      } catch (IOException e) {
        return e.toString();
      }
    }

    String log() throws IOException {
      return Files.exists(folder.log()) ? Files.readString(folder.log()) : "";
    }

    String out() throws IOException {
      return Files.readString(folder.output().resolve("out")).strip();
    }

    RunEnd found() throws InterruptedException {
      Runner.Reattach again = runner.reattach(ref, folder, limits);
      assertThat(again).isInstanceOf(Runner.Reattach.Found.class);
      return ((Runner.Reattach.Found) again).function().await(LONG).orElseThrow();
    }
  }

  @Override
  public void close() throws Exception {
    runner.close();
    for (ContainerSummary each : containers()) {
      door.engine().remove(each.id());
    }
    door.close();
  }
}
