package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunningFunction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Containers that are kept between jobs, each job a further command in one. */
class KeptContainersIT {
  /** Tells which container it is: what a container's host name is. */
  private static final String WHERE = "cat /proc/sys/kernel/hostname; ";

  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theNextJobIsDoneInTheSameContainerWithFoldersOfItsOwn(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      String script =
          WHERE
              + "cat /millrace/input/*; cat /millrace/function/part; echo $COLOUR $MILLRACE_RUN_ID;"
              + " ls /millrace/output; cp /millrace/input/* /millrace/output/; pwd; echo $HOME";
      KeptBench.Run first = bench.run(script).input("a", "one\n").variable("COLOUR", "blue");
      KeptBench.Run second = bench.run(script).input("b", "two\n").variable("COLOUR", "blue");

      String[] one = first.says().split("\n", 2);
      String[] two = second.says().split("\n", 2);

      assertThat(one[0]).isEqualTo(two[0]);
      assertThat(one[1])
          .isEqualTo("one\nshipped\nblue " + first.ref().run().value() + "\n/tmp\n/tmp\n");
      assertThat(two[1])
          .isEqualTo("two\nshipped\nblue " + second.ref().run().value() + "\n/tmp\n/tmp\n");
      assertThat(first.folder().output()).isDirectoryContaining("glob:**/a");
      assertThat(second.folder().output()).isDirectoryNotContaining("glob:**/a");
      assertThat(second.folder().output().resolve("b")).hasContent("two");
      assertThat(second.folder().input().resolve("b")).hasContent("two");
      bench.runner.close();
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void nothingOfAJobIsLeftForTheNext(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      String script =
          WHERE
              + """
              ls -A /tmp /dev/shm /dev/mqueue /millrace/output /millrace/input
              for each in /proc/[0-9]*; do tr '\\0' ' ' < $each/cmdline 2>/dev/null; echo; done |
                grep -c '[s]leep 1234'
              mkdir -p /tmp/a/.b; echo x > /tmp/.hidden; echo x > '/tmp/..odd'; ln -s /etc /tmp/link
              echo x > /dev/shm/s; echo x > /dev/mqueue/q 2>/dev/null
              sleep 1234 & (setsid sleep 1234 > /dev/null 2>&1 &)
              (trap '' TERM HUP; nohup sleep 1234 > /dev/null 2>&1) &
              true
              """;
      String[] one = bench.run(script).says().split("\n", 2);
      String[] two = bench.run(script).says().split("\n", 2);

      assertThat(two).containsExactly(one);
      assertThat(one[1]).endsWith("\n0\n");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatCannotBeWipedCostsTheContainerNotTheResult(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      String script =
          WHERE + "mkdir -p /tmp/closed/in && chmod 0 /tmp/closed; echo y > /millrace/output/out";
      KeptBench.Run first = bench.run(script);
      String one = first.says();
      String two = bench.run(script).says();

      assertThat(first.out()).isEqualTo("y");
      assertThat(one).isNotEqualTo(two);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void itIsAsHardenedAsAFreshOne(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      String script =
          """
          id -u; ls /sys/class/net | tr '\\n' ' '; echo
          grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t '
          for place in /etc /millrace/input /millrace/function /millrace; do
            touch $place/x 2>/dev/null && echo "can write $place"
          done
          echo more >> /millrace/script && echo "can change the script"
          echo more >> /millrace/run && echo "can change what runs it"
          mv /millrace/output /millrace/other && echo "can move the output"
          rm -f /millrace/code && echo "can take the answer away"
          mknod /tmp/null c 1 3 2>/dev/null && echo "can make devices"
          for each in /proc/[0-9]*; do
            [ "$(stat -c %u $each 2>/dev/null)" = 65533 ] &&
              kill -9 ${each#/proc/} 2>/dev/null && echo "can kill the keeper"
          done
          true
          """;
      for (int i = 0; i < 2; i++) {
        KeptBench.Run run = bench.run(script);
        assertThat(run.says())
            .contains("65534\nlo \n")
            .contains("CapBnd:0000000000000000")
            .contains("CapEff:0000000000000000")
            .contains("NoNewPrivs:1")
            .contains("Seccomp:2")
            .doesNotContain("can ");
      }
      bench.awaitContainers(1);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void exitCodesAndLogsAreTheJobs(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      KeptBench.Run run = bench.run("echo one; echo two >&2; exit $CODE").variable("EVENT", "x");
      assertThat(run.ends()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.log()).contains("one\n").contains("two\n");
      assertThat(bench.run("exit 37").ends()).isEqualTo(new RunEnd.Exited(37));
      assertThat(bench.run("exit 137").ends()).isEqualTo(new RunEnd.Exited(137));
      assertThat(bench.run("kill -9 $$").ends()).isEqualTo(new RunEnd.Exited(137));
      KeptBench.Run flood =
          bench.run("echo first; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last");
      assertThat(flood.ends()).isEqualTo(new RunEnd.Exited(0));
      assertThat(flood.log()).startsWith("first\n").contains("left out").endsWith("\nlast\n");
      assertThat(Files.size(flood.folder().log()))
          .isLessThanOrEqualTo(Samples.limits().logMaxBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anotherKeyIsAnotherContainer(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      List<String> places =
          List.of(
              bench.run(WHERE).says(),
              bench.run(WHERE).variable("SECRET", "x").says(),
              bench.run(WHERE).limits(Samples.memory(100)).says(),
              bench.run(WHERE).keep(new Keep(2, 1, false)).says());

      assertThat(places).doesNotHaveDuplicates();
      bench.awaitContainers(4);
      assertThat(bench.run(WHERE).says()).isEqualTo(places.getFirst());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aJobOverItsTimeIsEndedWithItsContainer(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      KeptBench.Run slow =
          bench
              .run("echo y > /millrace/output/out; trap '' TERM; while :; do sleep 1; done")
              .limits(Samples.timeout(Duration.ofSeconds(2)));

      assertThat(slow.ends()).isEqualTo(new RunEnd.TimedOut());
      assertThat(slow.out()).isEqualTo("y");
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aJobCanBeStopped(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      RunningFunction function = bench.run("sleep 1000").begins();
      bench.awaitContainers(1);
      function.stop();

      assertThat(function.await(KeptBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.Stopped());
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whoeverKillsEverythingOrTakesTooMuchHurtsItselfAlone(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      assertThat(bench.run("kill -9 -1; sleep 9").ends()).isEqualTo(new RunEnd.Exited(137));
      assertThat(
              bench
                  .run("head -c 200000000 /dev/zero | tail -c 150000000 > /dev/null")
                  .limits(Samples.memory(64))
                  .ends())
          .isEqualTo(new RunEnd.OutOfMemory());
      assertThat(bench.run("head -c 90000000 /dev/zero > /millrace/output/big; sleep 30").ends())
          .isInstanceOf(RunEnd.OutOfDisk.class);
      assertThat(bench.run("f() { f | f & }; f; sleep 1; exit 5").ends())
          .isInstanceOf(RunEnd.Exited.class);
      assertThat(bench.run("ln -s /etc /millrace/output/x; exit 0").ends())
          .isEqualTo(new RunEnd.Exited(0));
      assertThat(bench.run("echo still here").says()).isEqualTo("still here\n");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsIdleForTooLongIsRemoved(Engines.Given given) throws Exception {
    try (KeptBench bench = new KeptBench(given.host(), home, Duration.ofMillis(500))) {
      bench.run(WHERE).says();
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aFunctionOfWhichNothingIsKeptGetsAFreshContainer(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      String one = bench.run(WHERE).keep(Keep.NOTHING).says();
      String two = bench.run(WHERE).keep(Keep.NOTHING).says();

      assertThat(one).isNotEqualTo(two);
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aKeptContainerThatSomeoneRemovesIsReplaced(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home);
        Engine engine = given.open()) {
      String one = bench.run(WHERE).says();
      engine.remove(bench.containers().getFirst().id());
      await()
          .atMost(KeptBench.LONG)
          .untilAsserted(() -> assertThat(bench.run(WHERE).says()).isNotEqualTo(one));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aKilledProviderLeavesNothingOnceItIsStartedAgain(Engines.Given given) throws Exception {
    DyingKeptProvider.Left left =
        DyingKeptProvider.start(
            given, home, false, "echo $$ > /millrace/output/out; echo x > /tmp/x; sleep 1000");
    try (KeptBench bench = KeptBench.on(given, home)) {
      assertThat(left.found(bench).ending()).isInstanceOf(RunEnd.Lost.class);
      bench.awaitNothingLeft();
      assertThat(bench.run("ls /tmp").says()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aKilledProvidersContainersEndByThemselves(Engines.Given given) throws Exception {
    DyingKeptProvider.start(given, home, false, "echo > /millrace/output/out; sleep 1000");
    try (Engine engine = given.open()) {
      await()
          .atMost(KeptBench.LONG)
          .untilAsserted(() ->
              assertThat(engine.list(DyingKeptProvider.labels(home)))
                  .hasSize(1)
                  .noneMatch(ContainerSummary::running));
    } finally {
      KeptBench.on(given, home).close();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatAJobPrintsIsReadWhileItRuns(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      bench.run("echo earlier").says();
      RunningFunction function = bench.run("echo now; sleep 1000").begins();

      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () -> new String(function.printed(0, 100), StandardCharsets.UTF_8).equals("now\n"));
      assertThat(function.await(Duration.ZERO)).isEmpty();
      function.stop();
      function.await(Duration.ofSeconds(90));
    }
  }
}
