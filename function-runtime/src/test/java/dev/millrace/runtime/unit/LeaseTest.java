package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Renewal;
import dev.millrace.schema.run.RunOutcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {
  private static final InputRef INPUT = Samples.input("q/query one.fasta", 4, 5);

  @TempDir Path data;
  private Host host;

  @BeforeEach
  void open() throws Exception {
    host = new Host(data, RunEvents.NONE);
    host.bucket.put("input", "hello", 4);
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  private static Order order(String script) {
    return Samples.order(Samples.function(script), INPUT, Samples.limits());
  }

  private static Order leased(String script, Duration lease) {
    return Samples.order(Samples.function(script), INPUT, Samples.lease(lease));
  }

  private boolean folderLeft() {
    return Files.exists(data.resolve("runs").resolve(host.ref.run().value()));
  }

  private boolean running() throws Exception {
    String pid = Files.readString(data.resolve("pid")).strip();
    Path stat = Path.of("/proc", pid, "stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  @Test
  void aStaleLeaseStopsTheFunctionAndNothingIsWritten() throws Exception {
    host.standStill();
    Order order = leased("echo $$ > " + data + "/pid; sleep 1000", Duration.ofMillis(600));
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> Files.exists(data.resolve("pid")));

    host.coordinator.renewal = Renewal.STALE;
    thread.join();

    assertThat(host.bucket.written).isEmpty();
    assertThat(host.coordinator.settled).isEmpty();
    assertThat(data.resolve("runs")).isEmptyDirectory();
    assertThat(running()).isFalse();
  }

  @Test
  void aCancelledRunIsStoppedAndSettled() throws Exception {
    host.standStill();
    Order order = leased("echo $$ > " + data + "/pid; echo hi; sleep 1000", Duration.ofMillis(600));
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> Files.exists(data.resolve("pid")));

    host.coordinator.renewal = Renewal.CANCELLED;
    thread.join();

    assertThat(host.manifest().outcome()).isInstanceOf(RunOutcome.Stopped.class);
    assertThat(host.bucket.text(host.prefix() + "log")).startsWith("hi\n");
    assertThat(running()).isFalse();
  }

  @Test
  void aCoordinatorOutOfReachForALeaseStopsTheRun() throws Exception {
    Order order = leased("echo $$ > " + data + "/pid; sleep 1000", Duration.ofMillis(600));
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> Files.exists(data.resolve("pid")));

    host.coordinator.unreachable = true;
    thread.join();

    assertThat(host.bucket.written).isEmpty();
    assertThat(running()).isFalse();
  }

  @Test
  void beatsGrow() throws Exception {
    host.standStill();
    Order order =
        leased("until [ -e " + data + "/go ]; do sleep 0.02; done", Duration.ofMillis(300));
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> host.coordinator.beats.size() > 2);
    Files.createFile(data.resolve("go"));
    thread.join();

    List<Long> beats = List.copyOf(host.coordinator.beats);
    assertThat(beats).hasSizeGreaterThan(2).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aRunThatItsProviderLeftGoesOnAfterTheRestart() throws Exception {
    Order order =
        order(
            "echo started > "
                + data
                + "/pid; until [ -e "
                + data
                + "/go ]; do sleep 0.02; done; echo late > \"$TMP_OUTPUT_DIR/late\"");
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> Files.exists(data.resolve("pid")));
    thread.interrupt();
    thread.join();
    assertThat(folderLeft()).isTrue();

    host.restart();
    List<OrderRun> left = host.services.leftOver();
    Files.createFile(data.resolve("go"));
    assertThat(left).hasSize(1);
    RunOutcome outcome = left.getFirst().apply(order);

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.under(host.prefix())).containsEntry("out/late", "late\n");
    assertThat(data.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void aRunWhoseAttemptWentElsewhereDuringTheRestartIsKilled() throws Exception {
    Order order = order("echo $$ > " + data + "/pid; sleep 1000");
    Thread thread = Thread.ofVirtual().start(() -> host.run(order));
    await().until(() -> Files.exists(data.resolve("pid")));
    thread.interrupt();
    thread.join();
    host.restart();
    host.coordinator.winners.put(Samples.ATTEMPT, new RunId("01jd0000000000000000000009"));

    host.services.leftOver().getFirst().apply(order);

    assertThat(running()).isFalse();
    assertThat(host.bucket.written).isEmpty();
    assertThat(data.resolve("runs")).isEmptyDirectory();
  }

  /** A runner that takes as long to start as an image's pull may; what it began is found after. */
  private static final class Pulling implements Runner, RunningFunction {
    @Override
    public byte[] printed(long from, int most) {
      return new byte[0];
    }

    final CountDownLatch pulling = new CountDownLatch(1);
    final AtomicBoolean cutShort = new AtomicBoolean();
    final AtomicBoolean stopped = new AtomicBoolean();
    private final boolean began;

    Pulling(boolean began) {
      this.began = began;
    }

    @Override
    public RunnerKind kind() {
      return RunnerKind.PROCESS;
    }

    @Override
    public Lasting lasting() {
      return new Lasting.Renewing();
    }

    @Override
    public FunctionPaths paths(WorkFolder folder) {
      return new FunctionPaths("in", "out", "tmp", "function");
    }

    @Override
    public Start start(RunPlan plan) throws InterruptedException {
      pulling.countDown();
      try {
        new CountDownLatch(1).await();
        throw new AssertionError("nobody counts it down");
      } catch (InterruptedException e) {
        cutShort.set(true);
        throw e;
      }
    }

    @Override
    public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
      return began ? new Reattach.Found(this) : new Reattach.NeverStarted();
    }

    @Override
    public Optional<RunEnd> await(Duration longest) {
      return stopped.get()
          ? Optional.of(new RunEnd(new RunEnd.Stopped(), Instant.EPOCH, Instant.EPOCH))
          : Optional.empty();
    }

    @Override
    public void stop() {
      stopped.set(true);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLeaseThatIsLostDuringAPullCutsItShortAndEndsWhatItBegan(boolean began) throws Exception {
    host.standStill();
    Pulling pulling = new Pulling(began);
    host.use(pulling);
    Thread thread =
        Thread.ofVirtual().start(() -> host.run(leased("true", Duration.ofMillis(600))));
    pulling.pulling.await();

    host.coordinator.renewal = Renewal.STALE;

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(pulling.cutShort).isTrue();
    assertThat(pulling.stopped.get()).isEqualTo(began);
    assertThat(host.bucket.written).isEmpty();
    assertThat(host.coordinator.settled).isEmpty();
    assertThat(folderLeft()).isFalse();
  }
}
