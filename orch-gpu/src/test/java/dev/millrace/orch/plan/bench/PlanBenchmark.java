package dev.millrace.orch.plan.bench;

import dev.millrace.orch.plan.Decision;
import dev.millrace.orch.plan.DeviceView;
import dev.millrace.orch.plan.FleetView;
import dev.millrace.orch.plan.Plan;
import dev.millrace.orch.plan.PlanInput;
import dev.millrace.orch.plan.Planner;
import dev.millrace.orch.plan.Policy;
import dev.millrace.orch.plan.PoolDeclaration;
import dev.millrace.orch.plan.WaitingJob;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Decisions a second on fleets of 1,000 and 10,000 GPUs, whole plans timed in processor time of
 * their one thread, so that a busy machine does not matter (building the index included, the
 * input's records not), beside a floor: the same jobs put on the same devices by a loop that only
 * subtracts. After the module's test classes are compiled:
 *
 * <pre>
 * java -Xmx1g -cp orch-gpu/target/classes:orch-gpu/target/test-classes:fdl-schemas/target/classes \
 *     dev.millrace.orch.plan.bench.PlanBenchmark
 * </pre>
 */
public final class PlanBenchmark {
  private static final long SEED = 20_260_301;
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final PoolId POOL = new PoolId("lab");
  private static final int GPUS_OF_A_HOST = 8;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Duration MEASURED = Duration.ofSeconds(3);

  /** How demanding a queue is. */
  private enum Mix {
    /** Twenty functions, jobs that share GPUs; the fleet fills up and the rest waits. */
    FUNCTIONS(Duration.ZERO),
    /** No two jobs ask for the same: nothing that one search found out helps the next. */
    ALL_DIFFERENT(Duration.ZERO),
    /** As ALL_DIFFERENT, a fifth asking for 2 to 4 GPUs or for one alone. */
    HARD(Duration.ZERO),
    /** As HARD, every job starved: devices are kept as well. */
    STARVED(Duration.ofHours(1));

    private final Duration waited;

    Mix(Duration waited) {
      this.waited = waited;
    }
  }

  private PlanBenchmark() {}

  /** Prints one line for each fleet, queue and mix. */
  public static void main(String[] arguments) {
    System.out.printf(
        "%-14s %8s %8s %8s %8s %10s %14s %14s%n",
        "mix", "GPUs", "jobs", "starts", "waits", "ms a plan", "decisions/s", "floor/s");
    for (int gpus : new int[] {1_000, 10_000}) {
      for (Mix mix : Mix.values()) {
        measure(mix, gpus, 2 * gpus);
      }
    }
    measure(Mix.FUNCTIONS, 1_000, 100_000);
    measure(Mix.ALL_DIFFERENT, 1_000, 100);
  }

  private static void measure(Mix mix, int gpus, int jobs) {
    PlanInput input = input(mix, gpus, jobs);
    repeat(() -> Planner.plan(input).decisions().size());
    Plan plan = Planner.plan(input);
    double seconds = repeat(() -> Planner.plan(input).decisions().size());
    repeat(() -> floor(input, plan));
    double floorSeconds = repeat(() -> floor(input, plan));
    int starts = plan.starts().size();
    System.out.printf(
        "%-14s %8d %8d %8d %8d %10.2f %,14.0f %,14.0f%n",
        mix,
        gpus,
        jobs,
        starts,
        plan.decisions().size() - starts,
        seconds * 1_000,
        jobs / seconds,
        jobs / floorSeconds);
  }

  /** Mean seconds of this thread's processor time of one call. */
  private static double repeat(java.util.function.IntSupplier work) {
    long begin = System.nanoTime();
    long sum = 0;
    int calls = 0;
    long usedBefore = THREADS.getCurrentThreadCpuTime();
    while (calls < 3 || System.nanoTime() - begin < MEASURED.toNanos() / 2) {
      sum += work.getAsInt();
      calls++;
    }
    if (sum == 0) {
      throw new IllegalStateException("nothing was decided");
    }
    return (THREADS.getCurrentThreadCpuTime() - usedBefore) / 1e9 / calls;
  }

  private static int floor(PlanInput input, Plan plan) {
    int gpus = input.fleet().devices().size();
    long[] free = new long[gpus];
    for (int i = 0; i < gpus; i++) {
      free[i] = input.fleet().devices().get(i).accelerator().memory().value();
    }
    int next = 0;
    for (WaitingJob job : input.queue()) {
      free[next] -= job.request().memory().value();
      next = next + 1 == gpus ? 0 : next + 1;
    }
    int seen = free[0] == Long.MIN_VALUE ? 1 : 0;
    for (Decision decision : plan.decisions()) {
      seen += decision instanceof Decision.Start ? 1 : 2;
    }
    return seen;
  }

  private static PlanInput input(Mix mix, int gpus, int jobs) {
    Random random = new Random(SEED);
    List<DeviceView> devices = new ArrayList<>();
    for (int i = 0; i < gpus; i++) {
      devices.add(device(i, random));
    }
    List<WaitingJob> queue = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      queue.add(job(mix, i, random));
    }
    FleetView fleet =
        new FleetView(devices, List.of(new PoolDeclaration.Declared(POOL, List.of())));
    return new PlanInput(queue, Map.of(), fleet, Policy.defaults(), NOW);
  }

  private static DeviceView device(int index, Random random) {
    String host = "host-" + index / GPUS_OF_A_HOST;
    boolean large = index / GPUS_OF_A_HOST % 3 == 0;
    Accelerator accelerator =
        new Accelerator(
            new AcceleratorId(host + "/GPU-" + index % GPUS_OF_A_HOST),
            new ProviderId(host),
            POOL,
            AcceleratorKind.GPU,
            large ? "NVIDIA H100 80GB HBM3" : "NVIDIA A10",
            "GPU-" + index % GPUS_OF_A_HOST,
            new MemoryMib(large ? 81_079 : 23_028),
            0,
            Enforcement.DRIVER,
            true);
    return random.nextInt(4) == 0
        ? new DeviceView(
            accelerator, new MemoryMib(random.nextInt(20_000)), random.nextInt(90), 1, false, true)
        : DeviceView.idle(accelerator);
  }

  private static WaitingJob job(Mix mix, int index, Random random) {
    AcceleratorRequest request =
        switch (mix) {
          case FUNCTIONS -> {
            int function = random.nextInt(20);
            yield request(1, 2_000 + 1_000L * function, 20 + 3 * function, Sharing.SHARED);
          }
          case ALL_DIFFERENT -> different(random);
          case HARD, STARVED -> random.nextInt(5) == 0 ? hard(random) : different(random);
        };
    return new WaitingJob(
        new JobId(String.format("%026d", index)),
        new FunctionRef(new TenantId("t" + random.nextInt(10)), new FunctionName("f")),
        request,
        new MemoryMib(512),
        500,
        random.nextInt(3),
        index,
        NOW.minus(mix.waited),
        null);
  }

  private static AcceleratorRequest different(Random random) {
    return request(1, 1 + random.nextInt(40_000), 1 + random.nextInt(100), Sharing.SHARED);
  }

  private static AcceleratorRequest hard(Random random) {
    return random.nextBoolean()
        ? request(1, 1 + random.nextInt(40_000), 100, Sharing.EXCLUSIVE)
        : request(2 + random.nextInt(3), 1 + random.nextInt(20_000), 30, Sharing.SHARED);
  }

  private static AcceleratorRequest request(
      int count, long memoryMib, int percent, Sharing sharing) {
    return new AcceleratorRequest(
        AcceleratorKind.GPU,
        count,
        new MemoryMib(memoryMib),
        null,
        percent,
        sharing,
        false,
        Enforcement.NONE);
  }
}
