package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.run.Limits;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a function finds in its container, and what it cannot do there. */
class DockerRunnerIT {
  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aScriptRunsOnAnUnmodifiedImage(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.input("in.txt", "hello");
      run.variables(
          Map.of(
              "INPUT_FILE_PATH", "/millrace/input/in.txt",
              "TMP_OUTPUT_DIR", "/millrace/output",
              "COLOUR", "it's \"blue\" $HOME"));

      RunEnd end =
          run.ends(
              """
              tr a-z A-Z < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/out.txt"
              echo "$COLOUR"; pwd; echo $HOME; touch here
              """);

      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.folder().output().resolve("out.txt")).hasContent("HELLO");
      assertThat(run.log()).isEqualTo("it's \"blue\" $HOME\n/tmp\n/tmp\n");
      assertThat(end.endedAt()).isAfterOrEqualTo(end.startedAt());
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theContainerIsHardened(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.input("in.txt", "hello");

      run.ends(
          """
          id -u; ls /sys/class/net | tr '\\n' ' '; echo
          grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t '
          for place in /etc /millrace/input /millrace/function /millrace; do
            touch $place/x 2>/dev/null && echo "can write $place"
          done
          echo more >> /millrace/script && echo "can change the script"
          mknod /tmp/null c 1 3 2>/dev/null && echo "can make devices"
          cat /proc/1/comm
          """);

      assertThat(run.log())
          .contains("65534\nlo \n")
          .contains("CapBnd:0000000000000000")
          .contains("CapEff:0000000000000000")
          .contains("NoNewPrivs:1")
          .contains("Seccomp:2")
          .contains("docker-init")
          .doesNotContain("can ");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anOpenNetworkIsTheEnginesBridge(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      Limits l = Samples.limits();
      run.limits(
          new Limits(
              l.timeout(),
              l.memory(),
              l.cpuMillis(),
              Network.OPEN,
              l.logMaxBytes(),
              l.leaseDuration()));

      run.ends("ls /sys/class/net | tr '\\n' ' '");

      assertThat(run.log()).contains("eth0");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theFirstLineSaysWhatRunsTheScript(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run perl = bench.run();
      assertThat(perl.ends("#!/usr/bin/perl -w\nprint 'by perl ', 6 * 7;\nexit 3;").ending())
          .isEqualTo(new RunEnd.Exited(3));
      assertThat(perl.log()).contains("by perl 42");

      DockerBench.Run bash = bench.run();
      assertThat(bash.ends("#!/bin/bash\na=(1 2)\necho ${#a[@]} of them").ending())
          .isEqualTo(new RunEnd.Exited(0));
      assertThat(bash.log()).contains("2 of them");

      assertThat(bench.run().ends("#!/no/such/program\necho never").ending())
          .isEqualTo(new RunEnd.Exited(127));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theExitCodeIsKept(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      assertThat(bench.run().ends("exit 0").ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(bench.run().ends("exit 37").ending()).isEqualTo(new RunEnd.Exited(37));
      assertThat(bench.run().ends("exit 137").ending()).isEqualTo(new RunEnd.Exited(137));
      assertThat(bench.run().ends("kill -9 $$").ending()).isEqualTo(new RunEnd.Exited(137));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whoeverIgnoresTermIsKilledAtTheTimeout(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.limits(Samples.timeout(Duration.ofSeconds(1)));

      RunEnd end = run.ends("trap '' TERM; while :; do sleep 1; done");

      assertThat(end.ending()).isEqualTo(new RunEnd.TimedOut());
      assertThat(bench.run().ends("exit 0").ending()).isEqualTo(new RunEnd.Exited(0));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void stopEndsIt(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      RunningFunction function = run.begins("sleep 600");

      function.stop();

      assertThat(function.await(DockerBench.LONG).orElseThrow().ending())
          .isEqualTo(new RunEnd.Stopped());
      function.stop();
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void outOfMemoryIsToldApartFromAFailure(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run greedy = bench.run();
      greedy.limits(Samples.memory(32));
      DockerBench.Run forgiving = bench.run();
      forgiving.limits(Samples.memory(32));

      assertThat(greedy.ends("exec tail /dev/zero").ending()).isEqualTo(new RunEnd.OutOfMemory());
      // Its child was killed for memory; the script took care of that.
      assertThat(forgiving.ends("tail /dev/zero || echo caught; exit 0").ending())
          .isEqualTo(new RunEnd.Exited(0));
      assertThat(new MemoryMib(32)).isEqualTo(greedy.limits().memory());
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatIsPrintedIsReadWhileItRuns(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      RunningFunction function =
          run.begins(
              "echo one; while [ ! -e /millrace/input/go ]; do sleep 0.1; done\n"
                  + "printf 'two \\303\\n'; sleep 1000");

      awaitPrinted(function, "one\n".getBytes(StandardCharsets.UTF_8));
      run.input("go", "");
      // An engine may keep a line to itself until it ends.
      awaitPrinted(
          function, new byte[] {'o', 'n', 'e', '\n', 't', 'w', 'o', ' ', (byte) 0xc3, '\n'});
      assertThat(function.printed(4, 3)).isEqualTo("two".getBytes(StandardCharsets.UTF_8));
      function.stop();
      function.await(DockerBench.LONG);

      assertThat(Files.readAllBytes(run.folder().log())).isEqualTo(function.printed(0, 100));
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void ofALongLogTheBeginningIsReadWhileItRuns(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      int head = (int) KeptOutput.headBytes(run.limits().logMaxBytes());
      RunningFunction function = run.begins("seq 1 60000; sleep 1000");

      await().atMost(DockerBench.LONG).until(() -> function.printed(0, head + 1).length == head);
      byte[] seen = function.printed(0, head);
      function.stop();
      function.await(DockerBench.LONG);

      assertThat(Arrays.copyOf(Files.readAllBytes(run.folder().log()), head)).isEqualTo(seen);
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void whatARestartedProviderFindsIsReadFromItsBeginning(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      awaitPrinted(run.begins("echo one; sleep 1000"), "one\n".getBytes(StandardCharsets.UTF_8));

      bench.restart();
      RunningFunction again =
          ((Runner.Reattach.Found) bench.runner.reattach(run.ref(), run.folder(), run.limits()))
              .function();

      awaitPrinted(again, "one\n".getBytes(StandardCharsets.UTF_8));
      again.stop();
      again.await(DockerBench.LONG);
      bench.awaitNothingLeft();
    }
  }

  private static void awaitPrinted(RunningFunction function, byte[] text) {
    await()
        .atMost(DockerBench.LONG)
        .untilAsserted(() -> assertThat(function.printed(0, 1000)).isEqualTo(text));
  }
}
