package dev.millrace.orch.bench;

import dev.millrace.orch.plan.DeviceView;
import dev.millrace.orch.plan.FleetView;
import dev.millrace.orch.plan.PlanInput;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Queues and fleets for the planner, the same in every run. */
final class MatchLoad {
  private static final long SEED = 20_260_301;
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final PoolId POOL = new PoolId("lab");
  private static final int GPUS_OF_A_HOST = 8;

  /** How demanding a queue is. */
  enum Mix {
    /** Twenty functions, jobs that share GPUs; the fleet fills up and the rest waits. */
    FUNCTIONS("functions", "20 functions", Duration.ZERO),
    /** No two jobs ask for the same: nothing that one search found out helps the next. */
    ALL_DIFFERENT("different", "no two jobs alike", Duration.ZERO),
    /** As ALL_DIFFERENT, a fifth asking for 2 to 4 GPUs or for one alone. */
    HARD("hard", "a fifth wants several", Duration.ZERO),
    /** As HARD, every job starved: devices are kept as well. */
    STARVED("starved", "all of them starved", Duration.ofHours(1));

    private final String id;
    private final String words;
    private final Duration waited;

    Mix(String id, String words, Duration waited) {
      this.id = id;
      this.words = words;
      this.waited = waited;
    }

    String id() {
      return id;
    }

    String words() {
      return words;
    }
  }

  private MatchLoad() {}

  /** So many GPUs, so many jobs. */
  static PlanInput input(Mix mix, int gpus, int jobs) {
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
