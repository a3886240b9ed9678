package dev.millrace.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs that another process of the provider finds. */
final class ProcessReattachTest extends ProcessRunnerFixture {
  @Test
  void aRunningFunctionIsFoundAgainAfterARestart() throws Exception {
    begin(
        "echo before; until [ -e stop ]; do sleep 0.02; done; echo after; exit 9",
        Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    runner.close();
    runner = runner();

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();
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
                home.resolve("running").toString(),
                run.run().value())
            .inheritIO()
            .start();
    assertThat(provider.waitFor()).isEqualTo(137);
    Files.createFile(home.resolve("go"));

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();

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
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();

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
                runner.reattach(run, folder, Samples.timeout(Duration.ofMillis(300))))
            .function();

    assertThat(again.await(LONG).orElseThrow().ending()).isEqualTo(new RunEnd.TimedOut());
  }

  @Test
  void whatWasNeverStartedIsToldAndCanBeStartedAnew() throws Exception {
    folder.create();
    assertThat(runner.reattach(run, folder, Samples.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());
    Control.next(folder.control());
    assertThat(runner.reattach(run, folder, Samples.limits()))
        .isEqualTo(new Runner.Reattach.NeverStarted());

    assertThat(run("exit 6", Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(6));
  }

  @Test
  void aResultFromBeforeAHostRestartIsNotBelieved() throws Exception {
    run("exit 0", Samples.limits());
    Files.writeString(folder.control().resolve("1/boot"), "another-boot");

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();

    assertThat(again.await(LONG).orElseThrow().ending()).isInstanceOf(RunEnd.Lost.class);
  }
}
