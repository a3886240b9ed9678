package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Functions that do what they should not: each ends clearly, and the next one is not hurt. */
class ContainerAbuseIT {
  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  private static void nextIsNotHurt(DockerBench bench) throws Exception {
    DockerBench.Run next = bench.run();
    assertThat(next.ends("echo well > /millrace/output/o").ending())
        .isEqualTo(new RunEnd.Exited(0));
    assertThat(next.folder().output().resolve("o")).hasContent("well");
    bench.awaitNothingLeft();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void oneHugeOutputIsStopped(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      RunEnd end = run.ends("cat /dev/zero > /millrace/output/huge; sleep 60");

      assertThat(end.ending()).isInstanceOf(RunEnd.OutOfDisk.class);
      assertThat(run.log()).contains("more than 67108864 bytes").contains("output_max");
      assertThat(Files.size(run.folder().output().resolve("huge"))).isLessThan(66L << 20);
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void manySmallOutputsAreStoppedToo(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      RunEnd end =
          run.ends(
              """
              cd /millrace/output; mkdir -p a/b; n=0
              while :; do head -c 4000000 /dev/zero > a/b/$n; n=$((n+1)); done
              """);

      assertThat(end.ending()).isInstanceOf(RunEnd.OutOfDisk.class);
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aSparseFileIsAsLargeAsItSays(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      assertThat(bench.run().ends("truncate -s 900G /millrace/output/x").ending())
          .isNotEqualTo(new RunEnd.Exited(0));
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aFullScratchSpaceIsTheScriptsOwnFailure(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      RunEnd end = run.ends("cat /dev/zero > /tmp/x || exit 9");

      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(9));
      assertThat(run.log()).contains("No space left on device");
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void forksWithoutEndAreBounded(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.limits(Samples.timeout(java.time.Duration.ofSeconds(4)));

      RunEnd end = run.ends("f() { f | f & }; f; while :; do sleep 1; done");

      assertThat(end.ending()).isIn(new RunEnd.TimedOut(), new RunEnd.Exited(2));
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aPrintedGigabyteIsCut(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      run.limits(Samples.timeout(java.time.Duration.ofMinutes(4)));

      RunEnd end =
          run.begins(
                  "line=$(head -c 8000 /dev/zero | tr '\\0' x); yes $line | head -c 1G; echo;"
                      + " echo the last")
              .await(java.time.Duration.ofMinutes(5))
              .orElseThrow();

      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(Files.size(run.folder().log())).isLessThanOrEqualTo(run.limits().logMaxBytes());
      assertThat(run.log())
          .startsWith("[the beginning of the log was left out")
          .endsWith("the last\n");
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void ofAMiddlingLogHeadAndTailAreKept(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      run.ends("echo first; head -c 1000000 /dev/zero | tr '\\0' x | fold -w 80; echo; echo last");

      assertThat(Files.size(run.folder().log())).isLessThanOrEqualTo(run.limits().logMaxBytes());
      assertThat(run.log())
          .startsWith("first\nxxx")
          .contains("the middle of the log was left out")
          .doesNotContain("beginning");
      assertThat(run.log().substring(run.log().length() - 40)).endsWith("x\nlast\n");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsNoOutputStaysInTheContainersWorld(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.variables(Map.of("TMP_OUTPUT_DIR", "/millrace/output"));

      RunEnd end =
          run.ends(
              """
              cd "$TMP_OUTPUT_DIR"
              echo x > ../x && echo "wrote outside"
              ln -s /etc/shadow secret; ln -s ../../../../../../../../etc up
              mkfifo pipe; mknod null c 1 3 && echo "made a device"
              chmod 4755 /bin/sh 2>/dev/null && echo "changed a program"
              echo fine > ok; ln ok also
              exit 0
              """);

      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.log()).doesNotContain("wrote", "made", "changed");
      assertThat(run.folder().root().resolve("x")).doesNotExist();
      assertThat(Files.isSymbolicLink(run.folder().output().resolve("secret"))).isTrue();
      assertThat(run.folder().output().resolve("null")).doesNotExist();
      nextIsNotHurt(bench);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aContainerThatEscapesItsWatcherEndsByItself(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.limits(Samples.timeout(java.time.Duration.ofSeconds(1)));
      run.begins("while :; do sleep 1; done");
      bench.runner.close();

      assertThat(bench.engine().await(run.container())).isEqualTo(137);
      bench.restart();
      assertThat(run.found().await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.TimedOut());
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theOutputOfAnyoneCanBeTakenAway(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();

      run.ends("cd /millrace/output; mkdir a; echo x > a/b; chmod 0 a/b a");

      try (var files = Files.walk(run.folder().root())) {
        files
            .sorted(java.util.Comparator.reverseOrder())
            .forEach(file -> {
              try {
                Files.delete(file);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
      }
      assertThat(run.folder().root()).doesNotExist();
    }
  }
}
