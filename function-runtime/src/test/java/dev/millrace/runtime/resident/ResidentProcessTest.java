package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidentProcessTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path home;
  private ResidentRunner runner;
  private int jobs;

  @BeforeEach
  void start() throws IOException {
    runner = runner(Duration.ofMinutes(1));
  }

  @AfterEach
  void stop() {
    runner.close();
  }

  private ResidentRunner runner(Duration idleMax) throws IOException {
    ProcessRunner process =
        new ProcessRunner(
            new ProcessSettings(
                Samples.PROVIDER,
                new Allowed.Only(Set.of(Samples.FUNCTION)),
                Duration.ofMillis(300),
                Duration.ofMillis(20)));
    return new ResidentRunner(
        process,
        new ProcessWorkers(process, home.resolve("workers")),
        new ResidentRunner.Times(InstantSource.system(), Ticker.system(), idleMax));
  }

  static String script() throws IOException {
    try (InputStream in = ResidentProcessTest.class.getResourceAsStream("worker.sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A job's plan, its folder, and what it wants done. */
  private RunPlan plan(String wish, Limits limits, Map<String, String> variables)
      throws IOException {
    RunRef run = run(++jobs);
    WorkFolder folder = folder(run);
    folder.create();
    Files.writeString(folder.input().resolve("in"), wish + "\n");
    Files.writeString(folder.function().resolve("part"), "shipped\n");
    Map<String, String> all = new HashMap<>(variables);
    all.put("INPUT_FILE_PATH", folder.input() + "/in");
    return new RunPlan(
        run,
        Samples.FUNCTION,
        folder,
        new Code(null, script(), List.of("part")),
        all,
        limits,
        List.of(Samples.cpuSlice()),
        new Keep(1, 1, true));
  }

  private static RunRef run(int number) {
    return new RunRef(Samples.ATTEMPT, new RunId("01jd%022d".formatted(number)), 7);
  }

  private WorkFolder folder(RunRef run) {
    return new WorkFolder(home.resolve(run.run().value()));
  }

  private RunPlan plan(String wish) throws IOException {
    return plan(wish, Samples.limits(), Map.of());
  }

  private RunningFunction begin(RunPlan plan) throws InterruptedException {
    return ((Runner.Start.Started) runner.start(plan)).function();
  }

  private RunEnd.Ending end(RunPlan plan) throws InterruptedException {
    return begin(plan).await(LONG).orElseThrow().ending();
  }

  private String out(RunPlan plan) throws IOException {
    return Files.readString(plan.folder().output().resolve("out")).strip();
  }

  /** The worker's process and how many jobs it has had. */
  private String counted(RunPlan plan) throws Exception {
    assertThat(end(plan)).isEqualTo(new RunEnd.Exited(0));
    return out(plan);
  }

  @Test
  void oneWorkerDoesOneJobAfterAnother() throws Exception {
    String first = counted(plan("count"));
    String second = counted(plan("count"));

    String worker = first.substring(0, first.indexOf(' '));
    assertThat(first).isEqualTo(worker + " 1");
    assertThat(second).isEqualTo(worker + " 2");
  }

  @Test
  void theAnswersExitCodeIsTheJobs() throws Exception {
    counted(plan("count"));
    assertThat(end(plan("exit 37"))).isEqualTo(new RunEnd.Exited(37));
    assertThat(counted(plan("count"))).endsWith(" 3");
  }

  @Test
  void eachJobHasItsOwnLogAndVariables() throws Exception {
    RunPlan first = plan("say one", Samples.limits(), Map.of("COLOUR", "blue"));
    RunPlan second = plan("say two", Samples.limits(), Map.of("COLOUR", "blue"));
    RunPlan third = plan("environment", Samples.limits(), Map.of("COLOUR", "blue"));
    end(first);
    end(second);
    end(third);

    assertThat(first.folder().log()).hasContent("started blue\none\n");
    assertThat(second.folder().log()).hasContent("two\n");
    assertThat(third.folder().log()).isEmptyFile();
    assertThat(out(third)).isEqualTo(third.folder().input() + "/inshipped");
  }

  @Test
  void ofALongLogHeadAndTailAreKept() throws Exception {
    counted(plan("count"));
    RunPlan flood = plan("flood");
    assertThat(end(flood)).isEqualTo(new RunEnd.Exited(0));

    assertThat(Files.readString(flood.folder().log()))
        .startsWith("xxx")
        .contains("the middle of the log was left out")
        .endsWith("xlast\n");
    assertThat(Files.size(flood.folder().log()))
        .isLessThanOrEqualTo(Samples.limits().logMaxBytes());
  }

  @Test
  void aCrashFailsOnlyThatAttempt() throws Exception {
    String before = counted(plan("count"));
    RunPlan crash = plan("crash");
    assertThat(end(crash)).isEqualTo(new RunEnd.Exited(137));
    assertThat(crash.folder().log()).content().contains("did not answer");
    String after = counted(plan("count"));

    assertThat(after).endsWith(" 1").isNotEqualTo(before);
  }

  @Test
  void aWorkerThatLeavesWithSuccessButNoAnswerHasFailed() throws Exception {
    assertThat(end(plan("leave 0"))).isEqualTo(new RunEnd.Exited(ResidentRun.NO_ANSWER));
    assertThat(end(plan("leave 3"))).isEqualTo(new RunEnd.Exited(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "other", "huge", "large"})
  void aWorkerThatBreaksTheProtocolIsEnded(String wish) throws Exception {
    RunPlan bad = plan(wish);
    assertThat(end(bad)).isEqualTo(new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    assertThat(bad.folder().log()).content().contains("broke the protocol");
    assertThat(counted(plan("count"))).endsWith(" 1");
  }

  @Test
  void aWorkerThatAnswersUnaskedIsNotUsedAgain() throws Exception {
    assertThat(end(plan("twice"))).isEqualTo(new RunEnd.Exited(0));
    // The second answer is heard before the next job is given, or taken for a bad answer to it.
    RunPlan next = plan("count");
    RunEnd.Ending ending = end(next);
    assertThat(ending).isIn(new RunEnd.Exited(0), new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    if (ending.equals(new RunEnd.Exited(0))) {
      assertThat(out(next)).endsWith(" 1");
    }
  }

  @Test
  void aJobOverItsTimeIsEndedWithItsWorker() throws Exception {
    counted(plan("count"));
    RunPlan hanging = plan("hang", Samples.timeout(Duration.ofMillis(700)), Map.of());
    assertThat(end(hanging)).isEqualTo(new RunEnd.TimedOut());

    assertThat(runs(Long.parseLong(out(hanging)))).isFalse();
    assertThat(counted(plan("count"))).endsWith(" 1");
  }

  @Test
  void aJobCanBeStopped() throws Exception {
    RunPlan hanging = plan("hang");
    RunningFunction function = begin(hanging);
    await().until(() -> Files.exists(hanging.folder().output().resolve("out")));
    function.stop();

    assertThat(function.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.Stopped());
    assertThat(runs(Long.parseLong(out(hanging)))).isFalse();
  }

  @Test
  void aWorkerThatTakesTooMuchMemoryIsEnded() throws Exception {
    assertThat(end(plan("memory", Samples.memory(64), Map.of())))
        .isEqualTo(new RunEnd.OutOfMemory());
  }

  @Test
  void aWorkerOfAnotherKeyIsAnotherOne() throws Exception {
    RunPlan blue = plan("count", Samples.limits(), Map.of("SECRET", "blue"));
    RunPlan red = plan("count", Samples.limits(), Map.of("SECRET", "red"));
    RunPlan more = plan("count", Samples.memory(128), Map.of("SECRET", "blue"));
    RunPlan revision = plan("count", Samples.limits(), Map.of("SECRET", "blue"));
    RunPlan later =
        new RunPlan(
            revision.run(),
            revision.function(),
            revision.folder(),
            revision.code(),
            revision.variables(),
            revision.limits(),
            revision.slices(),
            new Keep(2, 1, true));

    assertThat(List.of(counted(blue), counted(red), counted(more), counted(later)))
        .allMatch(each -> each.endsWith(" 1"))
        .doesNotHaveDuplicates();
  }

  @Test
  void moreJobsAtATimeHaveMoreWorkersOfWhichSoManyAreKept() throws Exception {
    RunningFunction first = begin(plan("count"));
    RunningFunction second = begin(plan("count"));
    first.await(LONG);
    second.await(LONG);

    await()
        .untilAsserted(() -> assertThat(home.resolve("workers")).isDirectoryContaining(f -> true));
    await()
        .untilAsserted(() -> {
          try (var folders = Files.list(home.resolve("workers"))) {
            assertThat(folders).hasSize(1);
          }
        });
  }

  @Test
  void aWorkerWithoutAJobEndsAfterAWhileWithAllThatItStarted() throws Exception {
    runner.close();
    runner = runner(Duration.ofMillis(200));
    RunPlan plan = plan("child");
    assertThat(end(plan)).isEqualTo(new RunEnd.Exited(0));
    long child = Long.parseLong(out(plan));

    await().untilAsserted(() -> assertThat(home.resolve("workers")).isEmptyDirectory());
    assertThat(runs(child)).isFalse();
  }

  @Test
  void closingEndsAllWorkersAndTheJobThatOneHadIsLost() throws Exception {
    counted(plan("count"));
    RunPlan hanging = plan("hang");
    begin(hanging);
    await().until(() -> Files.exists(hanging.folder().output().resolve("out")));
    runner.close();

    assertThat(runs(Long.parseLong(out(hanging)))).isFalse();
    await().untilAsserted(() -> assertThat(home.resolve("workers")).isEmptyDirectory());
    runner = runner(Duration.ofMinutes(1));
    assertThat(found(hanging).ending()).isInstanceOf(RunEnd.Lost.class);
  }

  /** A process that has ended but that nobody has asked for yet does not run. */
  private static boolean runs(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  private RunEnd found(RunPlan plan) throws InterruptedException {
    return ((Runner.Reattach.Found) runner.reattach(plan.run(), plan.folder(), plan.limits()))
        .function()
        .await(LONG)
        .orElseThrow();
  }

  @Test
  void anEndThatIsKnownIsFoundAfterARestart() throws Exception {
    RunPlan failed = plan("exit 9");
    RunEnd end = begin(failed).await(LONG).orElseThrow();
    runner.close();
    runner = runner(Duration.ofMinutes(1));

    assertThat(found(failed)).isEqualTo(end);
  }

  @Test
  void aJobThatNoWorkerWasToldOfWasNeverStarted() throws Exception {
    RunPlan plan = plan("count");
    Ticket.waiting().write(plan.folder());

    assertThat(runner.reattach(plan.run(), plan.folder(), plan.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());
    assertThat(counted(plan)).endsWith(" 1");
  }

  @Test
  void aWorkerOfANewerProtocolIsRefused() throws Exception {
    RunPlan plan = scripted("printf '14\\n{\"millrace\":2}'; sleep 100");
    assertThat(end(plan)).isEqualTo(new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    assertThat(plan.folder().log()).content().contains("version 2").contains("not 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo usage: worker",
        "printf '3\\n[1]'",
        "printf '2\\n{}'",
        "printf '14\\n{\"millrace\":'; exit 0",
        "printf '\\n\\n'",
        "printf '0\\n'",
        "printf '000000000000014\\n{\"millrace\":1}'",
        "printf -- '-1\\n'"
      })
  void aScriptThatIsNoWorkerFailsWithItsReason(String script) throws Exception {
    RunPlan plan = scripted(script + "; sleep 100");
    assertThat(end(plan)).isInstanceOf(RunEnd.Exited.class).isNotEqualTo(new RunEnd.Exited(0));
    assertThat(plan.folder().log()).content().contains("broke the protocol");
  }

  @Test
  void aScriptThatSaysNothingIsOutOfTime() throws Exception {
    RunPlan plan = scripted("exec sleep 100");
    assertThat(end(limited(plan, Samples.timeout(Duration.ofMillis(300)))))
        .isEqualTo(new RunEnd.TimedOut());
  }

  @Test
  void aWorkerThatDoesNotReadALargeJobIsOutOfTime() throws Exception {
    RunPlan plan = scripted("printf '14\\n{\"millrace\":1}'; exec sleep 100");
    RunPlan large =
        new RunPlan(
            plan.run(),
            plan.function(),
            plan.folder(),
            plan.code(),
            Map.of("EVENT", "x".repeat(200_000)),
            Samples.timeout(Duration.ofMillis(700)),
            plan.slices(),
            plan.keep());
    assertThat(end(large)).isEqualTo(new RunEnd.TimedOut());
  }

  private RunPlan scripted(String script) throws IOException {
    RunPlan plan = plan("");
    return new RunPlan(
        plan.run(),
        plan.function(),
        plan.folder(),
        new Code(null, script, List.of()),
        plan.variables(),
        plan.limits(),
        plan.slices(),
        plan.keep());
  }

  private static RunPlan limited(RunPlan plan, Limits limits) {
    return new RunPlan(
        plan.run(),
        plan.function(),
        plan.folder(),
        plan.code(),
        plan.variables(),
        limits,
        plan.slices(),
        plan.keep());
  }

  @Test
  void whatAKilledProviderLeftIsEndedByTheNext() throws Exception {
    RunPlan hanging = plan("hang");
    Path out = hanging.folder().output().resolve("out");
    runner.close();
    Process provider =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DyingWorkerProvider.class.getName(),
                home.toString(),
                hanging.folder().root().toString(),
                hanging.run().run().value(),
                out.toString())
            .inheritIO()
            .start();
    assertThat(provider.waitFor()).isEqualTo(137);
    long worker = Long.parseLong(out(hanging));
    assertThat(runs(worker)).isTrue();

    runner = runner(Duration.ofMinutes(1));

    assertThat(runs(worker)).isFalse();
    assertThat(home.resolve("workers")).isEmptyDirectory();
    assertThat(found(hanging).ending()).isInstanceOf(RunEnd.Lost.class);
    assertThat(counted(plan("count"))).endsWith(" 1");
  }

  @Test
  void aFunctionThatIsNotAllowedIsRefused() throws Exception {
    ProcessRunner process =
        new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Only(Set.of())));
    try (ResidentRunner strict =
        new ResidentRunner(
            process,
            new ProcessWorkers(process, home.resolve("strict")),
            new ResidentRunner.Times(InstantSource.system(), Ticker.system(), LONG))) {
      RunPlan plan = plan("count");
      assertThat(strict.start(plan)).isInstanceOf(Runner.Start.NotStarted.class);
      assertThat(strict.reattach(plan.run(), plan.folder(), plan.limits()))
          .isEqualTo(new Runner.Reattach.NeverStarted());
    }
  }
}
