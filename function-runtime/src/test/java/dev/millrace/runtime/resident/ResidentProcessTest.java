package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.runner.FunctionFiles;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.schema.time.Ticker;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What jobs get of a worker. */
final class ResidentProcessTest extends ResidentFixture {
  @Test
  void oneWorkerDoesOneJobAfterAnother() throws Exception {
    String first = counted(plan("count"));
    String second = counted(plan("count"));

    String worker = first.substring(0, first.indexOf(' '));
    assertThat(first).isEqualTo(worker + " 1");
    assertThat(second).isEqualTo(worker + " 2");
  }

  @Test
  void filesAreBroughtForAWorkerThatStartsAndForNoJobAfterThat() throws Exception {
    AtomicInteger brought = new AtomicInteger();
    FunctionFiles files =
        () -> {
          brought.incrementAndGet();
          return Optional.empty();
        };
    assertThat(end(with(files, plan("count")))).isEqualTo(new RunEnd.Exited(0));
    assertThat(end(with(files, plan("count")))).isEqualTo(new RunEnd.Exited(0));

    assertThat(runner.placesFiles()).isTrue();
    assertThat(brought).hasValue(1);
  }

  @Test
  void withoutItsFilesNoWorkerStartsAndTheJobMayBeTriedAgain() throws Exception {
    RunPlan plan = with(() -> Optional.of("file part is not there"), plan("count"));

    assertThat(runner.start(plan))
        .isEqualTo(new Runner.Start.NotStarted("file part is not there", true));
    assertThat(runner.reattach(plan.run(), plan.folder(), plan.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());
  }

  private static RunPlan with(FunctionFiles files, RunPlan plan) {
    return new RunPlan(
        plan.run(),
        plan.function(),
        plan.folder(),
        plan.code(),
        plan.variables(),
        plan.limits(),
        plan.slices(),
        plan.keep(),
        files);
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
    assertThat(third.folder().log()).doesNotExist();
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

  @Test
  void whatAJobSaysIsReadWhileItIsDoneAndIsOfThatJobAlone() throws Exception {
    end(plan("say earlier"));
    RunPlan plan = plan("murmur now");
    RunningFunction function = begin(plan);

    await().atMost(LONG).until(() -> new String(function.printed(0, 100)).equals("now\n"));
    assertThat(function.printed(2, 1)).isEqualTo(new byte[] {'w'});
    assertThat(function.await(Duration.ZERO)).isEmpty();
    function.stop();
    function.await(LONG);
    end(plan("say later"));

    assertThat(new String(function.printed(0, 100))).isEqualTo("now\n");
  }
}
