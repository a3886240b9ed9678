package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How workers end, with a job and without. */
final class ResidentEndingTest extends ResidentFixture {
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
  void aWorkerThatWritesTooMuchForItsJobIsEnded() throws Exception {
    for (String wish : new String[] {"fill", "hide"}) {
      RunPlan full = plan(wish);
      assertThat(end(full))
          .as(wish)
          .isInstanceOfSatisfying(
              RunEnd.OutOfDisk.class,
              why -> assertThat(why.reason()).contains("process.output_max"));
    }
    assertThat(counted(plan("count"))).endsWith(" 1");
  }

  /** Between two jobs nobody asks it anything, and it may write all the same. */
  @ParameterizedTest
  @ValueSource(strings = {"later", "whisper"})
  void aWorkerThatWritesTooMuchWithoutAJobIsEndedAndNotUsedAgain(String wish) throws Exception {
    RunPlan first = plan(wish);
    assertThat(end(first)).isEqualTo(new RunEnd.Exited(0));
    long worker = Long.parseLong(out(first));

    await().atMost(LONG).until(() -> !runs(worker));

    await().untilAsserted(() -> assertThat(home.resolve("workers")).isEmptyDirectory());
    assertThat(counted(plan("count"))).endsWith(" 1");
  }
}
