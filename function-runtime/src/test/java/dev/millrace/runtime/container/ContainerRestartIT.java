package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Containers outlive who started them. */
class ContainerRestartIT {
  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  /** A moment that the function waits for, in a file of its input folder. */
  private static void go(DockerBench.Run run) throws Exception {
    Files.writeString(run.folder().input().resolve("go"), "", StandardOpenOption.CREATE);
  }

  private static final String WAITS =
      "echo before; while [ ! -e /millrace/input/go ]; do sleep 0.1; done; echo after; exit 4";

  @ParameterizedTest
  @MethodSource("engines")
  void oneThatRunsIsFoundWithItsWholeLog(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.begins(WAITS);

      bench.restart();
      var function = run.found();
      assertThat(function.await(Duration.ofMillis(300))).isEmpty();
      go(run);

      assertThat(function.await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.Exited(4));
      assertThat(run.log()).isEqualTo("before\nafter\n");
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneThatEndedMeanwhileTellsHow(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.begins(WAITS);
      bench.runner.close();
      go(run);
      assertThat(bench.engine().await(run.container())).isEqualTo(4);

      bench.restart();

      RunEnd end = run.found().await(DockerBench.LONG).orElseThrow();
      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(4));
      assertThat(end.endedAt()).isAfter(end.startedAt()).isBefore(Instant.now());
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anEndThatWasKeptIsTheEnd(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      RunEnd end = run.ends("exit 6");
      bench.awaitNothingLeft();

      bench.restart();

      assertThat(run.found().await(DockerBench.LONG)).contains(end);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneThatWasMadeButNotStartedNeverStarts(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      ContainerMaker maker = new ContainerMaker(bench.settings());
      ContainerUser user =
          new ContainerUser(65_534, 65_534, ContainerUser.Self.ofThisProcess(), false);
      maker.prepare(run.plan("exit 1"), user);
      bench.engine().create(maker.spec(run.plan("exit 1"), Engines.IMAGE, user, List.of()));

      bench.restart();

      assertThat(run.again()).isInstanceOf(Runner.Reattach.NeverStarted.class);
      assertThat(run.ends("exit 3").ending()).isEqualTo(new RunEnd.Exited(3));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneThatSomebodyTookAwayIsLost(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      var function = run.begins("sleep 600");
      bench.engine().remove(run.container());

      assertThat(function.await(DockerBench.LONG).orElseThrow().ending())
          .isInstanceOf(RunEnd.Lost.class);

      DockerBench.Run other = bench.run();
      other.begins("sleep 600");
      bench.runner.close();
      bench.engine().remove(other.container());
      bench.restart();
      assertThat(other.found().await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.Lost("the function's container was removed by someone else"));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneOverItsTimeIsKilledWhenItIsFound(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.limits(Samples.timeout(Duration.ofSeconds(2)));
      run.begins("sleep 600");
      Instant began = Instant.now();
      bench.runner.close();
      await().until(() -> Instant.now().isAfter(began.plusSeconds(2)));

      bench.restart();

      assertThat(run.found().await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.TimedOut());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatNobodyAsksForIsClearedAwayAtTheNextStart(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run known = bench.run();
      known.begins("sleep 600");
      DockerBench.Run forgotten = bench.run();
      forgotten.begins("sleep 600");
      bench.runner.close();
      Files.move(forgotten.folder().root(), home.resolve("elsewhere"));

      bench.restart();

      await()
          .atMost(DockerBench.LONG)
          .until(() -> bench.engine().inspect(forgotten.container()).isEmpty());
      assertThat(bench.engine().inspect(known.container()).orElseThrow().phase())
          .isEqualTo(ContainerState.Phase.RUNNING);
      known.found().stop();
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aProviderThatIsKilledLosesNothing(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      Process provider =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "--enable-native-access=ALL-UNNAMED",
                  DyingDockerProvider.class.getName(),
                  given.host().toString(),
                  home.toString(),
                  run.ref().run().value(),
                  WAITS)
              .inheritIO()
              .start();
      assertThat(provider.waitFor()).isEqualTo(137);

      var function = run.found();
      go(run);

      assertThat(function.await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.Exited(4));
      assertThat(run.log()).isEqualTo("before\nafter\n");
      bench.awaitNothingLeft();
    }
  }
}
