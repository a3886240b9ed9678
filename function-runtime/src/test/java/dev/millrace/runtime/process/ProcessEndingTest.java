package dev.millrace.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How functions are ended, with all that they started. */
final class ProcessEndingTest extends ProcessRunnerFixture {
  private static final int SIGPIPE = 13;

  /** The files' times alone would be whole ticks apart, and mostly the same. */
  @Test
  void theLengthOfAShortRunIsMeasuredFinerThanTheKernelsTick() throws Exception {
    Set<Duration> lengths = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      folder = new WorkFolder(home.resolve("run" + i));
      RunEnd end = run("exit 0", Samples.limits());
      lengths.add(Duration.between(end.startedAt(), end.endedAt()));
    }

    assertThat(lengths)
        .filteredOn(length -> length.toNanos() % 1_000_000 != 0 && !length.isNegative())
        .as("%s", lengths)
        .hasSizeGreaterThan(10);
  }

  @Test
  void aLengthIsAboutThatOfTheFunctionAlone() throws Exception {
    long before = System.nanoTime();
    RunEnd end = run("sleep 0.2", Samples.limits());
    Duration around = Duration.ofNanos(System.nanoTime() - before);

    assertThat(Duration.between(end.startedAt(), end.endedAt()))
        .isBetween(Duration.ofMillis(190), around);
  }

  /** What the wrapper says to its starter is nothing to the function. */
  @Test
  void theFunctionHasNeitherTheWrappersPipeNorItsSignals() throws Exception {
    run("ls /proc/$$/fd; grep SigIgn /proc/$$/status | cut -f2", Samples.limits());

    List<String> lines = log().lines().toList();
    assertThat(lines).doesNotContain("9");
    long ignored = Long.parseUnsignedLong(lines.getLast(), 16);
    assertThat(ignored & 1 << SIGPIPE - 1).isZero();
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
  void whatIsWrittenIsLimitedWhereverItLies() throws Exception {
    for (String where : new String[] {"\"$TMPDIR/x\"", "../output/x"}) {
      folder = new WorkFolder(home.resolve("run" + where.length()));
      RunEnd end = run("head -c 20000000 /dev/zero > " + where + "; sleep 30", Samples.limits());

      assertThat(end.ending())
          .isInstanceOfSatisfying(
              RunEnd.OutOfDisk.class,
              full -> assertThat(full.reason()).contains("16777216 bytes", "process.output_max"));
    }
  }

  @Test
  void aFileWithoutANameCountsAsLongAsItIsOpen() throws Exception {
    String script =
        "exec 3> hidden; rm hidden; head -c 20000000 /dev/zero >&3; ls > \"$TMPDIR/left\"; sleep 30";

    assertThat(run(script, Samples.limits()).ending()).isInstanceOf(RunEnd.OutOfDisk.class);
  }

  @Test
  void aFileWithoutANameThatManyHoldOpenCountsOnce() throws Exception {
    String script =
        "exec 3> hidden; rm hidden; head -c 10000000 /dev/zero >&3;"
            + " sleep 2 & sleep 2 & sleep 2 & wait; exit 7";

    assertThat(run(script, Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(7));
  }

  @Test
  void whatIsRemovedAndClosedIsNoLongerCounted() throws Exception {
    String script =
        "for i in 1 2 3; do head -c 10000000 /dev/zero > \"$TMPDIR/x\"; sleep 0.6;"
            + " rm \"$TMPDIR/x\"; done; exit 7";

    assertThat(run(script, Samples.limits()).ending()).isEqualTo(new RunEnd.Exited(7));
  }

  @Test
  void whoEndsBeforeAnybodyLooksIsMeasuredByItsOutput() throws Exception {
    assertThat(run("head -c 20000000 /dev/zero > ../output/x; exit 0", Samples.limits()).ending())
        .isInstanceOf(RunEnd.OutOfDisk.class);
  }

  @Test
  void theLimitOfWhatIsWrittenHoldsForAFunctionThatWasFoundAgain() throws Exception {
    begin(
        "until [ -e go ]; do sleep 0.02; done; head -c 20000000 /dev/zero > x; sleep 30",
        Samples.limits());
    await().until(() -> Files.exists(folder.control().resolve("1/session")));
    runner.close();
    runner = runner();

    RunningFunction again =
        ((Runner.Reattach.Found) runner.reattach(run, folder, Samples.limits())).function();
    Files.createFile(folder.tmp().resolve("go"));

    assertThat(again.await(LONG).orElseThrow().ending()).isInstanceOf(RunEnd.OutOfDisk.class);
  }
}
