package dev.millrace.runtime.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a function gets, and what of it is kept. */
final class ProcessRunnerTest extends ProcessRunnerFixture {
  @Test
  void theExitCodeIsKept() throws Exception {
    assertThat(run("exit 0", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(0));
    folder = new WorkFolder(home.resolve("other"));
    assertThat(run("exit 37", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(37));
    folder = new WorkFolder(home.resolve("third"));
    assertThat(run("kill -9 $$", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(137));
  }

  @Test
  void whatTheFirstLineNamesRunsTheScript() throws Exception {
    run("#!/usr/bin/env -S cat -n\nhello", Samples.limits());

    assertThat(log().lines()).hasSize(2).last().asString().matches(" +2\thello");
  }

  @Test
  void aShellsOptionIsObeyedAndAShellThatIsMissingHasAStandIn() throws Exception {
    assertThat(run("#!/bin/sh -e\nfalse\nexit 7", Samples.limits()).ending())
        .isEqualTo(new RunEnd.Exited(1));
    folder = new WorkFolder(home.resolve("other"));
    assertThat(run("#!/no/such/bash\nexit 7", Samples.limits()).ending())
        .isEqualTo(new RunEnd.Exited(7));
  }

  @Test
  void anInterpreterThatIsMissingIsNamedInTheLog() throws Exception {
    assertThat(run("#!/no/such/python3\nimport os", Samples.limits()).ending())
        .isEqualTo(new RunEnd.Exited(127));

    assertThat(log()).contains("/no/such/python3");
  }

  @Test
  void standardOutputAndErrorAreOneLog() throws Exception {
    run("echo one; echo two >&2; printf three", Samples.limits());

    assertThat(log()).isEqualTo("one\ntwo\nthree");
  }

  @Test
  void ofALongLogHeadAndTailAreKept() throws Exception {
    RunEnd end =
        run(
            "echo first; head -c 40000000 /dev/zero | tr '\\0' x; echo; echo last",
            Samples.limits());

    assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
    assertThat(log())
        .startsWith("first\nxxx")
        .contains("the middle of the log was left out")
        .endsWith("x\nlast\n");
    assertThat(Files.size(folder.log())).isLessThanOrEqualTo(Samples.limits().logMaxBytes());
  }

  @Test
  void aLogThatJustFitsIsWhole() throws Exception {
    KeptLog kept = KeptLog.within(Samples.limits().logMaxBytes());
    long fits = kept.headBytes() + kept.tailBytes();

    run("head -c " + fits + " /dev/zero | tr '\\0' x", Samples.limits());

    assertThat(log()).isEqualTo("x".repeat((int) fits));
  }

  @Test
  void nothingOfTheParentsEnvironmentLeaks() throws Exception {
    runner.start(
        plan("env > \"$OUT\"; exit 0", Map.of("OUT", home + "/env", "A", "b c"), Samples.limits()));
    await().until(() -> Files.exists(home.resolve("env")) && Files.size(home.resolve("env")) > 0);
    RunningFunction found =
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();
    found.await(LONG);

    List<String> names =
        Files.readAllLines(home.resolve("env"), UTF_8).stream()
            .map(line -> line.substring(0, line.indexOf('=')))
            .toList();
    assertThat(names)
        .containsExactlyInAnyOrder(
            "A", "HOME", "LANG", "MILLRACE_RUN_ID", "OUT", "PATH", "PWD", "TMPDIR");
    assertThat(Files.readAllLines(home.resolve("env")))
        .contains("A=b c")
        .anyMatch(line -> line.startsWith("PATH=" + System.getProperty("java.home") + "/bin:"));
  }

  @Test
  void oddVariablesReachTheFunctionAsTheyAre() throws Exception {
    String quotes = "it's \"$HOME\" `id` \\ \n end\n";
    Map<String, String> odd =
        Map.of("QUOTED", quotes, "IFS", "x", "dotted.name", "1 2", "GLOB", "* é");

    RunningFunction function =
        ((Runner.Start.Started)
                runner.start(plan("cat /proc/$$/environ > \"$TMPDIR/env\"", odd, Samples.limits())))
            .function();
    function.await(LONG);

    assertThat(Files.readString(folder.tmp().resolve("env")).split("\0"))
        .contains("QUOTED=" + quotes, "GLOB=* é", "dotted.name=1 2", "PWD=" + folder.tmp());
  }

  @Test
  void aVariableThatNoEnvironmentTakesIsAClearRefusal() {
    assertThat(runner.start(plan("exit 0", Map.of("A=B", "x"), Samples.limits())))
        .isInstanceOfSatisfying(
            Runner.Start.NotStarted.class, no -> assertThat(no.retryable()).isFalse());
    assertThat(runner.start(plan("exit 0", Map.of("A", "x\0y"), Samples.limits())))
        .isInstanceOf(Runner.Start.NotStarted.class);
  }

  @Test
  void aFunctionThatIsNotAllowedIsRefusedWithTheRemedy() {
    ProcessRunner strict =
        new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Only(Set.of())));

    Runner.Start start = strict.start(plan("exit 0", Map.of(), Samples.limits()));

    assertThat(start)
        .isEqualTo(
            new Runner.Start.NotStarted(
                "runner process is not allowed for function main/align on provider here: add it to"
                    + " provider.runners.process.allow in millrace.yaml",
                false));
    assertThat(folder.root()).doesNotExist();
    strict.close();
  }

  @Test
  void anEnvironmentThatIsTooLongIsAClearRefusal() {
    Runner.Start start =
        runner.start(plan("exit 0", Map.of("BIG", "x".repeat(300_000)), Samples.limits()));

    assertThat(start).isInstanceOf(Runner.Start.NotStarted.class);
    assertThat(((Runner.Start.NotStarted) start).retryable()).isFalse();
  }

  @Test
  void anImageWithoutAScriptIsRefused() {
    RunPlan plan =
        new RunPlan(
            run,
            Samples.FUNCTION,
            folder,
            new Code("debian:12", null, List.of()),
            Map.of(),
            Samples.limits(),
            List.of());

    assertThat(runner.start(plan)).isInstanceOf(Runner.Start.NotStarted.class);
  }

  @Test
  void whatIsPrintedCanBeReadWhileItRuns() throws Exception {
    RunningFunction function =
        begin("printf 'one\\ntwo'; echo >&2; printf '\\000\\303'; sleep 1000", Samples.limits());
    byte[] all = {'o', 'n', 'e', '\n', 't', 'w', 'o', '\n', 0, (byte) 0xc3};

    await().atMost(LONG).until(() -> function.printed(0, 100).length == all.length);
    assertThat(function.printed(0, 100)).isEqualTo(all);
    assertThat(function.printed(4, 3)).isEqualTo("two".getBytes(StandardCharsets.UTF_8));
    assertThat(function.printed(10, 100)).isEmpty();
    assertThat(function.printed(1000, 100)).isEmpty();
    function.stop();
    function.await(LONG);
  }

  @Test
  void ofALongLogTheBeginningIsReadWhileItRunsAndIsThatOfTheKeptOne() throws Exception {
    RunningFunction function = begin("seq 1 2000000; sleep 1000", Samples.limits());
    int head = (int) KeptLog.within(Samples.limits().logMaxBytes()).headBytes();

    await().atMost(LONG).until(() -> function.printed(0, head + 1).length == head);
    byte[] seen = function.printed(0, head);
    function.stop();
    function.await(LONG);

    assertThat(Arrays.copyOf(Files.readAllBytes(folder.log()), head)).isEqualTo(seen);
  }

  @Test
  void theFunctionSeesNothingOfHowItsOutputIsWritten() throws Exception {
    run("env | grep -e LD_PRELOAD -e STDBUF || echo none", Samples.limits());

    assertThat(log()).isEqualTo("none\n");
  }
}
