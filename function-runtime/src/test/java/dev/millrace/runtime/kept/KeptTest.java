package dev.millrace.runtime.kept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.SliceGrant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptTest {
  private final List<String> discarded = new ArrayList<>();
  private final AtomicLong now = new AtomicLong();
  private final Shelf<String> shelf = new Shelf<>(discarded::add, Duration.ofMinutes(5), now::get);
  private final DeviceRoom room =
      new DeviceRoom(List.of(device("gpu-0", 80_000), device("gpu-1", 80_000)));
  private int runs;

  KeptTest() {
    room.count(shelf);
  }

  @AfterEach
  void close() {
    shelf.close();
  }

  private static Accelerator device(String address, long mib) {
    return new Accelerator(
        new AcceleratorId("here/" + address),
        Samples.PROVIDER,
        Samples.POOL,
        AcceleratorKind.GPU,
        "card",
        address,
        new MemoryMib(mib),
        0,
        Enforcement.NONE,
        true);
  }

  private static SliceGrant slice(String address, long mib) {
    return new SliceGrant(
        new Slice(new AcceleratorId("here/" + address), new MemoryMib(mib), 10),
        AcceleratorKind.GPU,
        address,
        Enforcement.NONE,
        true);
  }

  private RunPlan plan(
      String function,
      int revision,
      Map<String, String> variables,
      Limits limits,
      SliceGrant... slices) {
    return new RunPlan(
        new RunRef(Samples.ATTEMPT, new RunId("01jd%022d".formatted(++runs)), 7),
        new FunctionRef(new TenantId("main"), new FunctionName(function)),
        new WorkFolder(Path.of("/run")),
        new Code("image:1", "true", List.of()),
        variables,
        limits,
        List.of(slices),
        new Keep(revision, 2, false));
  }

  private RunPlan plan(String function, SliceGrant... slices) {
    return plan(function, 1, Map.of(), Samples.limits(), slices);
  }

  private void idle(String thing, RunPlan plan) {
    shelf.put(KeptKey.of(plan), thing, plan.keep().most());
  }

  @Test
  void whatBelongsToOneJobDoesNotMakeAnotherKey() {
    RunPlan one =
        plan("a", 1, Map.of("EVENT", "x", "MILLRACE_RUN_ID", "1", "C", "d"), Samples.limits());
    RunPlan other =
        plan("a", 1, Map.of("EVENT", "y", "MILLRACE_RUN_ID", "2", "C", "d"), Samples.limits());

    assertThat(KeptKey.of(one)).isEqualTo(KeptKey.of(other));
  }

  @Test
  void allThatCouldLeakOrDifferMakesAnotherKey() {
    Limits l = Samples.limits();
    Limits open =
        new Limits(l.timeout(), l.memory(), l.cpuMillis(), Network.OPEN, 1, l.leaseDuration());
    Limits slow = new Limits(l.timeout(), l.memory(), 500, l.network(), 1, l.leaseDuration());
    List<RunPlan> all =
        List.of(
            plan("a"),
            plan("b"),
            plan("a", 2, Map.of(), l),
            plan("a", 1, Map.of("SECRET", "1"), l),
            plan("a", 1, Map.of("SECRET", "2"), l),
            plan("a", 1, Map.of(), Samples.memory(100)),
            plan("a", 1, Map.of(), open),
            plan("a", 1, Map.of(), slow),
            plan("a", slice("gpu-0", 100)),
            plan("a", slice("gpu-1", 100)),
            plan("a", slice("gpu-0", 200)),
            new RunPlan(
                Samples.REF,
                new FunctionRef(new TenantId("other"), new FunctionName("a")),
                new WorkFolder(Path.of("/run")),
                new Code("image:1", "true", List.of()),
                Map.of(),
                l,
                List.of(),
                new Keep(1, 2, false)),
            new RunPlan(
                Samples.REF,
                new FunctionRef(new TenantId("main"), new FunctionName("a")),
                new WorkFolder(Path.of("/run")),
                new Code("image:2", "true", List.of()),
                Map.of(),
                l,
                List.of(),
                new Keep(1, 2, false)));

    assertThat(Set.copyOf(all.stream().map(KeptKey::of).toList())).hasSameSizeAs(all);
  }

  @Test
  void aKeyShowsNoSecret() {
    assertThat(KeptKey.of(plan("a", 1, Map.of("SECRET", "hunter2"), Samples.limits())).toString())
        .doesNotContain("hunter2");
  }

  @Test
  void theLastUsedIsTakenFirstAndMoreThanAskedForAreNotKept() {
    idle("one", plan("a"));
    idle("two", plan("a"));
    idle("three", plan("a"));
    idle("other", plan("b"));

    assertThat(discarded).containsExactly("three");
    assertThat(shelf.take(KeptKey.of(plan("a")))).contains("two");
    assertThat(shelf.take(KeptKey.of(plan("a")))).contains("one");
    assertThat(shelf.take(KeptKey.of(plan("a")))).isEmpty();
  }

  @Test
  void whatIsIdleForTooLongIsDiscarded() {
    idle("old", plan("a"));
    now.addAndGet(Duration.ofMinutes(3).toNanos());
    idle("young", plan("a"));
    now.addAndGet(Duration.ofMinutes(3).toNanos());
    shelf.discardExpired();

    assertThat(discarded).containsExactly("old");
  }

  @Test
  void aClosedShelfKeepsNothing() {
    idle("one", plan("a"));
    shelf.close();
    idle("two", plan("a"));

    assertThat(discarded).containsExactly("one", "two");
  }

  @Test
  void whatIsIdleGoesWhenARunNeedsItsRoomTheLongestIdleFirst() {
    idle("first", plan("a", slice("gpu-0", 30_000)));
    idle("second", plan("b", slice("gpu-0", 30_000)));
    idle("elsewhere", plan("c", slice("gpu-1", 30_000)));

    room.enter(plan("d", slice("gpu-0", 20_000)));
    assertThat(discarded).isEmpty();
    room.enter(plan("d", slice("gpu-0", 30_000)));
    assertThat(discarded).containsExactly("first");
    room.enter(plan("d", slice("gpu-0", 30_000)));
    assertThat(discarded).containsExactly("first", "second");
  }

  @Test
  void aRunDoesNotDriveOutWhatItWillUse() {
    idle("mine", plan("a", slice("gpu-0", 80_000)));

    room.enter(plan("a", slice("gpu-0", 80_000)));

    assertThat(discarded).isEmpty();
    assertThat(shelf.take(KeptKey.of(plan("a", slice("gpu-0", 80_000))))).contains("mine");
  }

  @Test
  void aRunThatHasLeftTakesNoRoom() {
    RunPlan done = plan("a", slice("gpu-0", 60_000));
    room.enter(done);
    room.leave(done.run().run());
    idle("kept", plan("a", slice("gpu-0", 60_000)));

    room.enter(plan("b", slice("gpu-0", 20_000)));

    assertThat(discarded).isEmpty();
  }

  /** A runner of which one function runs, that an earlier process started. */
  private record Finding(AtomicBoolean ended) implements Runner {
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
    public Start start(RunPlan plan) {
      return new Start.Started(new Running(new AtomicBoolean()));
    }

    @Override
    public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
      return new Reattach.Found(new Running(ended));
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private record Running(AtomicBoolean ended) implements RunningFunction {
    @Override
    public byte[] printed(long from, int most) {
      return new byte[0];
    }

    @Override
    public Optional<RunEnd> await(Duration longest) {
      return ended.get()
          ? Optional.of(new RunEnd(new RunEnd.Exited(0), Instant.EPOCH, Instant.EPOCH))
          : Optional.empty();
    }

    @Override
    public void stop() {
      ended.set(true);
    }
  }

  @Test
  void aRunThatIsFoundAgainTakesItsRoomUntilItEnds() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    RoomyRunner runner = new RoomyRunner(new Finding(ended), room);
    RunPlan before = plan("a", slice("gpu-0", 50_000));
    RunningFunction found =
        ((Runner.Reattach.Found)
                runner.reattach(before.run(), before.folder(), before.limits(), before.slices()))
            .function();
    idle("first", plan("b", slice("gpu-0", 20_000)));

    assertThat(found.await(Duration.ZERO)).isEmpty();
    runner.start(plan("c", slice("gpu-0", 20_000)));
    assertThat(discarded).containsExactly("first");

    ended.set(true);
    assertThat(found.await(Duration.ZERO)).isPresent();
    idle("second", plan("b", slice("gpu-0", 20_000)));
    runner.start(plan("c", slice("gpu-0", 20_000)));
    assertThat(discarded).containsExactly("first");
  }

  @Test
  void aRunThatIsFoundTwiceIsCountedOnce() {
    RoomyRunner runner = new RoomyRunner(new Finding(new AtomicBoolean()), room);
    RunPlan before = plan("a", slice("gpu-0", 50_000));
    runner.reattach(before.run(), before.folder(), before.limits(), before.slices());
    runner.reattach(before.run(), before.folder(), before.limits(), before.slices());
    idle("kept", plan("b", slice("gpu-0", 20_000)));

    room.enter(plan("c", slice("gpu-0", 10_000)));

    assertThat(discarded).isEmpty();
  }
}
