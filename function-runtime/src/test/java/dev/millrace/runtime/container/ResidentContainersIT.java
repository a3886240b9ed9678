package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workers that live in a container. */
class ResidentContainersIT {
  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneWorkerDoesOneJobAfterAnother(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      KeptBench.Run first = bench.wish("count");
      KeptBench.Run second = bench.wish("count");
      KeptBench.Run third = bench.wish("say three");
      assertThat(first.says()).isEqualTo("started \n");
      assertThat(second.says()).isEmpty();
      assertThat(third.says()).isEqualTo("three\n");

      assertThat(first.out()).endsWith(" 1");
      assertThat(second.out()).isEqualTo(first.out().replace(" 1", " 2"));
      bench.awaitContainers(1);
      bench.runner.close();
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anotherKeyIsAnotherContainer(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      KeptBench.Run blue = bench.wish("count").variable("COLOUR", "blue");
      KeptBench.Run red = bench.wish("count").variable("COLOUR", "red");
      assertThat(blue.says()).isEqualTo("started blue\n");
      assertThat(red.says()).isEqualTo("started red\n");

      assertThat(red.out()).endsWith(" 1");
      bench.awaitContainers(2);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aCrashFailsOnlyThatAttempt(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      bench.wish("count").says();
      KeptBench.Run crash = bench.wish("crash");
      assertThat(crash.ends()).isEqualTo(new RunEnd.Exited(137));
      assertThat(crash.log()).contains("did not answer");
      KeptBench.Run next = bench.wish("count");
      next.says();

      assertThat(next.out()).endsWith(" 1");
      assertThat(bench.wish("leave 3").ends()).isEqualTo(new RunEnd.Exited(3));
      assertThat(bench.wish("nonsense").ends()).isEqualTo(new RunEnd.Exited(76));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void timeAndMemoryAreLimited(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      KeptBench.Run hanging = bench.wish("hang").limits(Samples.timeout(Duration.ofSeconds(2)));
      assertThat(hanging.ends()).isEqualTo(new RunEnd.TimedOut());
      assertThat(hanging.out()).isNotEmpty();
      assertThat(bench.wish("greedy").limits(Samples.memory(64)).ends())
          .isEqualTo(new RunEnd.OutOfMemory());
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aWorkerThatSomeoneRemovesIsReplaced(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home);
        Engine engine = given.open()) {
      bench.wish("count").says();
      String id = bench.containers().getFirst().id();
      engine.remove(id);
      await()
          .atMost(KeptBench.LONG)
          .untilAsserted(() -> {
            KeptBench.Run next = bench.wish("count");
            next.says();
            assertThat(next.out()).endsWith(" 1");
          });
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aKilledProviderLeavesNothingOnceItIsStartedAgain(Engines.Given given) throws Exception {
    DyingKeptProvider.Left left = DyingKeptProvider.start(given, home, true, "hang");
    try (KeptBench bench = KeptBench.on(given, home)) {
      assertThat(left.found(bench).ending()).isInstanceOf(RunEnd.Lost.class);
      bench.awaitNothingLeft();
      bench.wish("count").says();
    }
  }
}
