package dev.millrace.orch.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A large job against small jobs that never end: one plan a minute, runs of 8 minutes that end at
 * different minutes on each device, and more of them arriving than end.
 */
final class StarvationTest {
  private static final JobId LARGE = Scene.jobId(1);
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final Duration NEVER = Duration.ofDays(365_000);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void startsAWholeGpuJobSoonAfterTheThreshold(long seed) {
    assertStartsInTime(seed, "main", Scene.gpu(10_000, 1), 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void startsAnExclusiveJobOfAnotherTenant(long seed) {
    assertStartsInTime(seed, "other", Scene.exclusiveGpu(10), 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void startsAJobOfTwoGpus(long seed) {
    assertStartsInTime(seed, "other", Scene.gpus(2, 9_000), 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void startsAJobOfLowerPriority(long seed) {
    assertStartsInTime(seed, "main", Scene.gpu(10_000, 1), -50);
  }

  @Test
  void wouldNeverStartItWithoutAThreshold() {
    Stream stream = new Stream(1, NEVER, "main", Scene.gpu(10_000, 1), 0);

    assertThat(stream.minuteOfTheLargeStart(2_000)).isEmpty();
  }

  @Test
  void startsEveryOneOfSeveralStarvedJobsWhileOthersKeepRunning() {
    Stream stream = new Stream(7, TEN_MINUTES, "main", Scene.gpu(10_000, 1), 0);
    for (int i = 2; i <= 6; i++) {
      stream.add(Scene.job(i, "t" + i, Scene.gpu(10_000, 1), 0, Duration.ZERO));
    }

    stream.minuteOfTheLargeStart(1);
    for (int minute = 0; minute < 150; minute++) {
      stream.pass();
    }

    for (int i = 1; i <= 6; i++) {
      assertThat(stream.started).contains(Scene.jobId(i));
    }
    assertThat(stream.idleMinutes).isLessThan(10);
  }

  private static void assertStartsInTime(
      long seed, String tenant, AcceleratorRequest request, int priority) {
    Stream stream = new Stream(seed, TEN_MINUTES, tenant, request, priority);

    OptionalInt minute = stream.minuteOfTheLargeStart(500);

    assertThat(minute).as("seed %d", seed).isPresent();
    int thresholdAndTwoRuns = 10 + 8 + 8;
    assertThat(minute.getAsInt()).as("seed %d", seed).isLessThanOrEqualTo(thresholdAndTwoRuns);
  }

  private record Running(JobId job, List<Slice> slices, boolean exclusive, int endsAt) {}

  /** The world of one simulation: four GPUs on two hosts. */
  private static final class Stream {
    private final Random random;
    private final Policy policy;
    private final Map<JobId, WaitingJob> waiting = new HashMap<>();
    private final List<Running> running = new ArrayList<>();
    private final Set<JobId> started = new HashSet<>();
    private int minute;
    private int idleMinutes;
    private long admitted = 100;

    Stream(long seed, Duration threshold, String tenant, AcceleratorRequest request, int priority) {
      random = new Random(seed);
      policy =
          new Policy(threshold, Duration.ZERO, Strategy.SPREAD, MemoryMib.ZERO, Integer.MAX_VALUE);
      for (int i = 0; i < 12; i++) {
        addSmall();
      }
      pass();
      add(Scene.job(1, tenant, request, priority, Duration.ZERO));
      minute = 0;
      idleMinutes = 0;
    }

    OptionalInt minuteOfTheLargeStart(int minutes) {
      while (minute <= minutes) {
        pass();
        if (started.contains(LARGE)) {
          return OptionalInt.of(minute);
        }
      }
      return OptionalInt.empty();
    }

    void add(WaitingJob job) {
      waiting.put(job.id(), job);
    }

    void pass() {
      minute++;
      running.removeIf(run -> run.endsAt() <= minute);
      for (int i = 0; i < 2; i++) {
        addSmall();
      }
      Instant now = now();
      Plan plan =
          Planner.plan(
              new PlanInput(List.copyOf(waiting.values()), Map.of(), fleet(), policy, now));
      for (Decision.Start start : plan.starts()) {
        boolean exclusive = waiting.remove(start.job()).request().sharing() == Sharing.EXCLUSIVE;
        started.add(start.job());
        int length = started.size() <= 12 ? 1 + random.nextInt(8) : 8;
        running.add(new Running(start.job(), start.slices(), exclusive, minute + length));
      }
      idleMinutes += running.size() < 3 ? 1 : 0;
    }

    private void addSmall() {
      WaitingJob small = Scene.job(++admitted, "main", Scene.gpu(3_000, 10), 0, Duration.ZERO);
      add(
          new WaitingJob(
              small.id(),
              small.function(),
              small.request(),
              small.hostMemory(),
              small.cpuMillis(),
              small.priority(),
              small.admission(),
              now(),
              null));
    }

    private Instant now() {
      return Scene.NOW.plus(Duration.ofMinutes(minute));
    }

    private FleetView fleet() {
      List<DeviceView> devices = new ArrayList<>();
      for (String host : List.of("a", "b")) {
        for (int i = 0; i < 2; i++) {
          devices.add(view(host, i));
        }
      }
      return Scene.declared(devices);
    }

    private DeviceView view(String host, int index) {
      var accelerator = Scene.gpuDevice(host, index, 10_000);
      long memory = 0;
      int percent = 0;
      int holders = 0;
      boolean exclusive = false;
      for (Running run : running) {
        for (Slice slice : run.slices()) {
          if (slice.accelerator().equals(accelerator.id())) {
            memory += slice.memory().value();
            percent += slice.computePercent();
            holders++;
            exclusive |= run.exclusive();
          }
        }
      }
      return new DeviceView(accelerator, new MemoryMib(memory), percent, holders, exclusive, true);
    }
  }
}
