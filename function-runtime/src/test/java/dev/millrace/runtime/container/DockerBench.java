package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A docker runner on one engine, with a data folder of its own; it can be started again. */
final class DockerBench implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(90);

  private static final Ulids IDS = new Ulids(InstantSource.system(), new SecureRandom());

  private final Path home;
  private final DockerSettings settings;
  final EngineDoor door;
  DockerRunner runner;

  private DockerBench(Engines.Given given, Path home, DockerSettings.Room room) {
    this.home = home.toAbsolutePath();
    this.door = new EngineDoor(given.host());
    this.settings =
        new DockerSettings(
            Samples.PROVIDER,
            this.home,
            Optional.empty(),
            room,
            new DockerSettings.Pace(
                Duration.ofSeconds(1), Duration.ofMillis(50), Duration.ofMillis(200)));
    this.runner = open();
  }

  static DockerBench on(Engines.Given given, Path home) {
    return new DockerBench(given, home, new DockerSettings.Room(64L << 20, 16L << 20, 64));
  }

  private DockerRunner open() {
    DockerRunner.Clocks clocks = new DockerRunner.Clocks(InstantSource.system(), Ticker.system());
    return new DockerRunner(door, settings, clocks, new Images(new LoggedPulls(), Ticker.system()));
  }

  /** As after a restart of the process. */
  void restart() {
    runner.close();
    runner = open();
  }

  Engine engine() throws Exception {
    return door.engine();
  }

  List<ContainerSummary> containers() throws Exception {
    return engine().list(ContainerNames.common(settings));
  }

  void awaitNothingLeft() {
    await().atMost(LONG).until(() -> containers().isEmpty());
  }

  DockerSettings settings() {
    return settings;
  }

  /** A run with a fresh id and folder. */
  Run run() throws IOException {
    return run(IDS.run());
  }

  Run run(RunId id) throws IOException {
    return new Run(id);
  }

  final class Run {
    private final RunRef ref;
    private final WorkFolder folder;
    private Limits limits = Samples.limits();
    private Map<String, String> variables = Map.of();
    private List<SliceGrant> slices = List.of(Samples.cpuSlice());
    private String image = Engines.IMAGE;

    private Run(RunId id) throws IOException {
      ref = new RunRef(Samples.ATTEMPT, id, 7);
      folder = new WorkFolder(home.resolve("runs/" + id.value()));
      folder.create();
    }

    WorkFolder folder() {
      return folder;
    }

    RunRef ref() {
      return ref;
    }

    String container() {
      return ContainerNames.of(ref);
    }

    Limits limits() {
      return limits;
    }

    void limits(Limits other) {
      limits = other;
    }

    void variables(Map<String, String> others) {
      variables = others;
    }

    void slices(List<SliceGrant> others) {
      slices = others;
    }

    void image(String other) {
      image = other;
    }

    void input(String name, String text) throws IOException {
      Files.writeString(folder.input().resolve(name), text);
    }

    String log() throws IOException {
      return Files.readString(folder.log());
    }

    RunPlan plan(@Nullable String script) {
      return new RunPlan(
          ref,
          Samples.FUNCTION,
          folder,
          new Code(image, script, List.of()),
          variables,
          limits,
          slices);
    }

    Runner.Start starts(@Nullable String script) throws InterruptedException {
      return runner.start(plan(script));
    }

    RunningFunction begins(@Nullable String script) throws InterruptedException {
      Runner.Start start = starts(script);
      assertThat(start).isInstanceOf(Runner.Start.Started.class);
      return ((Runner.Start.Started) start).function();
    }

    RunEnd ends(@Nullable String script) throws InterruptedException {
      return begins(script).await(LONG).orElseThrow();
    }

    Runner.Start.NotStarted refused(@Nullable String script) throws InterruptedException {
      Runner.Start start = starts(script);
      assertThat(start).isInstanceOf(Runner.Start.NotStarted.class);
      return (Runner.Start.NotStarted) start;
    }

    Runner.Reattach again() {
      return runner.reattach(ref, folder, limits);
    }

    RunningFunction found() {
      Runner.Reattach again = again();
      assertThat(again).isInstanceOf(Runner.Reattach.Found.class);
      return ((Runner.Reattach.Found) again).function();
    }
  }

  @Override
  public void close() throws Exception {
    runner.close();
    for (ContainerSummary each : containers()) {
      engine().remove(each.id());
    }
    door.close();
  }
}
