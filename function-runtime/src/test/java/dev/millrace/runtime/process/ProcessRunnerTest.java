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
import dev.millrace.schema.run.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessRunnerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path home;
  private WorkFolder folder;
  private ProcessRunner runner;

  @BeforeEach
  void start() {
    folder = new WorkFolder(home.resolve("run"));
    runner = runner();
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  private static ProcessRunner runner() {
    return new ProcessRunner(
        new ProcessSettings(
            Samples.PROVIDER,
            new Allowed.Only(Set.of(Samples.FUNCTION)),
            Duration.ofMillis(300),
            Duration.ofMillis(20)));
  }

  private RunPlan plan(String script, Map<String, String> variables, Limits limits) {
    return new RunPlan(
        Samples.REF,
        Samples.FUNCTION,
        folder,
        new Code(null, script, List.of()),
        variables,
        limits,
        List.of());
  }

  private RunningFunction begin(String script, Limits limits) {
    return ((Runner.Start.Started) runner.start(plan(script, Map.of(), limits))).function();
  }

  private RunEnd run(String script, Limits limits) throws InterruptedException {
    return begin(script, limits).await(LONG).orElseThrow();
  }

  private String log() throws Exception {
    return Files.readString(folder.log());
  }

  @Test
  void theExitCodeIsKept() throws Exception {
    assertThat(run("exit 0", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(0));
    folder = new WorkFolder(home.resolve("other"));
    assertThat(run("exit 37", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(37));
    folder = new WorkFolder(home.resolve("third"));
    assertThat(run("kill -9 $$", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(137));
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
  void theTimeoutKillsTheWholeGroup() throws Exception {
    String script =
        "sleep 1000 & echo $! > \"$HOME/child\"; (trap '' TERM; sleep 1001 & echo $! >"
            + " \"$HOME/grandchild\"; wait; sleep 1002) & wait";

    RunEnd end = run(script, Samples.timeout(Duration.ofMillis(400)));

    assertThat(end.ending()).isEqualTo(new RunEnd.TimedOut());
    assertThat(alive("child")).isFalse();
    assertThat(alive("grandchild")).isFalse();
  }

  private boolean alive(String name) throws Exception {
    return alive(Long.parseLong(Files.readString(folder.tmp().resolve(name)).strip()));
  }

  private static boolean alive(long pid) {
    return new ProcFs(Path.of("/proc")).find((int) pid).filter(ProcEntry::alive).isPresent();
  }

  @Test
  void aFunctionThatIgnoresTermIsKilledAfterTheGrace() throws Exception {
    RunningFunction function =
        begin("trap '' TERM; : > ready; while :; do sleep 0.1; done", Samples.limits());
    await().until(() -> Files.exists(folder.tmp().resolve("ready")));

    function.stop();

    assertThat(function.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Stopped());
  }

  @Test
  void aFunctionThatHeedsTermMayClearUp() throws Exception {
    RunningFunction function =
        begin(
            "trap 'echo cleared; exit 3' TERM; : > ready; while :; do sleep 0.05; done",
            Samples.limits());
    await().until(() -> Files.exists(folder.tmp().resolve("ready")));

    function.stop();

    assertThat(function.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Stopped());
    assertThat(log()).contains("cleared");
  }

  @Test
  void outOfMemoryIsToldApartFromFailing() throws Exception {
    RunEnd end =
        run("(head -c 200000000 /dev/zero; sleep 30) | tail -c 200000000", Samples.memory(80));

    assertThat(end.ending()).isEqualTo(new RunEnd.OutOfMemory());
  }

  @Test
  void memoryIsSummedOverTheWholeGroup() throws Exception {
    String script =
        "for i in 1 2 3 4; do (head -c 40000000 /dev/zero; sleep 30) | tail -c 40000000 >"
            + " /dev/null & done; wait";

    assertThat(run(script, Samples.memory(100)).ending()).isEqualTo(new RunEnd.OutOfMemory());
  }

  @Test
  void whatAScriptLeavesBehindIsKilledWhenItEnds() throws Exception {
    RunEnd end = run("sleep 1000 & echo $! > child; exit 4", Samples.limits());

    assertThat(end.ending()).isEqualTo(new RunEnd.Exited(4));
    assertThat(alive("child")).isFalse();
  }

  @Test
  void whatLeftItsSessionIsKilledTooAndDoesNotHoldTheLog() throws Exception {
    RunEnd end =
        run(
            "setsid sh -c 'echo $$ > escaped; exec sleep 1000' & "
                + "until [ -s escaped ]; do sleep 0.01; done; echo bye",
            Samples.limits());

    assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
    assertThat(alive("escaped")).isFalse();
    assertThat(log()).isEqualTo("bye\n");
  }

  @Test
  void nothingOfTheParentsEnvironmentLeaks() throws Exception {
    runner.start(
        plan("env > \"$OUT\"; exit 0", Map.of("OUT", home + "/env", "A", "b c"), Samples.limits()));
    await().until(() -> Files.exists(home.resolve("env")) && Files.size(home.resolve("env")) > 0);
    RunningFunction found =
        ((Runner.Reattach.Found) runner.reattach(Samples.REF, folder, Samples.limits())).function();
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
  void aRunningFunctionIsFoundAgainAfterARestart() throws Exception {
    begin(
        "echo before; until [ -e stop ]; do sleep 0.02; done; echo after; exit 9",
        Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    runner.close();
    runner = runner();

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(Samples.REF, folder, Samples.limits())).function();
    assertThat(again.await(Duration.ofMillis(50))).isEmpty();
    Files.createFile(folder.tmp().resolve("stop"));

    assertThat(again.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Exited(9));
    assertThat(log()).isEqualTo("before\nafter\n");
  }

  @Test
  void aFunctionOutlivesAProviderThatIsKilled() throws Exception {
    String script =
        "echo first; : > "
            + home
            + "/running; until [ -e "
            + home
            + "/go ]; do sleep 0.02; done; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last;"
            + " exit 11";
    Process provider =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DyingProvider.class.getName(),
                folder.root().toString(),
                script,
                home.resolve("running").toString())
            .inheritIO()
            .start();
    assertThat(provider.waitFor()).isEqualTo(137);
    Files.createFile(home.resolve("go"));

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(Samples.REF, folder, Samples.limits())).function();

    assertThat(again.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Exited(11));
    assertThat(log()).startsWith("first\nxxx").endsWith("x\nlast\n");
    assertThat(Files.size(folder.log())).isLessThanOrEqualTo(Samples.limits().logMaxBytes());
    assertThat(Files.size(folder.control().resolve("1/log.tail"))).isLessThan(40_000);
  }

  @Test
  void aFunctionThatEndedMeanwhileIsFoundWithItsCode() throws Exception {
    run("echo done; exit 5", Samples.limits());
    runner.close();
    runner = runner();

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(Samples.REF, folder, Samples.limits())).function();

    assertThat(again.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Exited(5));
    assertThat(log()).isEqualTo("done\n");
  }

  @Test
  void theLimitsHoldForAFunctionThatWasFoundAgain() throws Exception {
    begin("sleep 1000", Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    runner.close();
    runner = runner();

    RunningFunction again =
        ((Runner.Reattach.Found)
                runner.reattach(Samples.REF, folder, Samples.timeout(Duration.ofMillis(300))))
            .function();

    assertThat(again.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.TimedOut());
  }

  @Test
  void whatWasNeverStartedIsToldAndCanBeStartedAnew() throws Exception {
    folder.create();
    assertThat(runner.reattach(Samples.REF, folder, Samples.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());
    Control.next(folder.control());
    assertThat(runner.reattach(Samples.REF, folder, Samples.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());

    assertThat(run("exit 6", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(6));
  }

  @Test
  void aResultFromBeforeAHostRestartIsNotBelieved() throws Exception {
    run("exit 0", Samples.limits());
    Files.writeString(folder.control().resolve("1/boot"), "another-boot");

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(Samples.REF, folder, Samples.limits())).function();

    assertThat(again.await(LONG).orElseThrow().ending()).isInstanceOf(RunEnd.Lost.class);
  }

  @Test
  void aWrapperThatWasKilledIsALostRun() throws Exception {
    RunningFunction function = begin("sleep 1000", Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    int wrapper = new Control(folder.control().resolve("1")).wrapper().orElseThrow().pid();
    new ProcessBuilder("sh", "-c", "kill -9 " + wrapper).start().waitFor();

    assertThat(function.await(LONG).orElseThrow().ending()).isInstanceOf(RunEnd.Lost.class);
  }

  @Test
  void aKilledShellIsNoticedAndTheNextStartMakesAnother() throws Exception {
    RunningFunction function =
        begin("until [ -e stop ]; do sleep 0.02; done; exit 4", Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    int shell = new Control(folder.control().resolve("1")).wrapper().orElseThrow().session();
    new ProcessBuilder("sh", "-c", "kill -9 " + shell).start().waitFor();
    Files.createFile(folder.tmp().resolve("stop"));

    assertThat(function.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Exited(4));
    assertThat(run("exit 5", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(5));
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
            Samples.REF,
            Samples.FUNCTION,
            folder,
            new Code("debian:12", null, List.of()),
            Map.of(),
            Samples.limits(),
            List.of());

    assertThat(runner.start(plan)).isInstanceOf(Runner.Start.NotStarted.class);
  }
}
