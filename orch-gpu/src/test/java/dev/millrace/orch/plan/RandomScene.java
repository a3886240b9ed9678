package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small fleets and queues by seed, with many ties, full devices and impossible requests. */
final class RandomScene {
  private static final long[] SIZES = {8_000, 24_000, 24_000, 80_000};
  private static final String[] MODELS = {"Tesla T4", "NVIDIA A100", "NVIDIA H100"};

  private final Random random;

  RandomScene(long seed) {
    random = new Random(seed);
  }

  PlanInput input() {
    List<DeviceView> devices = devices();
    List<WaitingJob> queue = new ArrayList<>();
    int jobs = random.nextInt(40);
    for (int i = 1; i <= jobs; i++) {
      Duration waited = Duration.ofSeconds(random.nextInt(600));
      queue.add(job(i, "t" + random.nextInt(3), random.nextInt(3), waited));
    }
    Policy policy =
        new Policy(
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            random.nextBoolean() ? Strategy.BEST_FIT : Strategy.SPREAD,
            new MemoryMib(random.nextBoolean() ? 0 : 518),
            random.nextInt(4) == 0 ? 1 + random.nextInt(10) : Integer.MAX_VALUE);
    Map<TenantId, TenantUsage> usage =
        Map.of(new TenantId("t0"), new TenantUsage(random.nextDouble(), 1 + random.nextInt(3)));
    return new PlanInput(queue, usage, new FleetView(devices, pools()), policy, Scene.NOW);
  }

  /** One tenant's jobs, none starved: taken in the order of admission. */
  PlanInput inputInAdmissionOrder() {
    List<WaitingJob> queue = new ArrayList<>();
    int jobs = 1 + random.nextInt(12);
    for (int i = 1; i <= jobs; i++) {
      queue.add(job(i, "main", 0, Duration.ZERO));
    }
    Strategy strategy = random.nextBoolean() ? Strategy.BEST_FIT : Strategy.SPREAD;
    Policy policy =
        new Policy(
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            strategy,
            MemoryMib.ZERO,
            Integer.MAX_VALUE);
    return new PlanInput(queue, Map.of(), new FleetView(devices(), pools()), policy, Scene.NOW);
  }

  private List<PoolDeclaration> pools() {
    List<PoolDeclaration> pools = new ArrayList<>();
    List<Accelerator> more = random.nextInt(3) == 0 ? List.of(device("z", 9)) : List.of();
    pools.add(
        new PoolDeclaration.Declared(
            new PoolId("p0"), more.stream().filter(a -> a.pool().value().equals("p0")).toList()));
    switch (random.nextInt(4)) {
      case 0 -> pools.add(new PoolDeclaration.Undeclared(new PoolId("p1")));
      case 1 -> {} // only its devices name it
      default -> pools.add(new PoolDeclaration.Declared(new PoolId("p1"), List.of()));
    }
    return pools;
  }

  private List<DeviceView> devices() {
    List<DeviceView> devices = new ArrayList<>();
    int hosts = random.nextInt(5);
    for (int host = 0; host < hosts; host++) {
      int count = random.nextInt(5);
      for (int i = 0; i < count; i++) {
        devices.add(view(device("h" + host, i)));
      }
    }
    return devices;
  }

  private Accelerator device(String host, int index) {
    boolean cpu = random.nextInt(4) == 0;
    return new Accelerator(
        new AcceleratorId(host + "/d" + index),
        new ProviderId(host),
        new PoolId("p" + (random.nextInt(4) == 0 ? 1 : 0)),
        cpu ? AcceleratorKind.CPU : AcceleratorKind.GPU,
        MODELS[random.nextInt(MODELS.length)],
        "d" + index,
        new MemoryMib(SIZES[random.nextInt(SIZES.length)]),
        cpu ? random.nextInt(5) : 0,
        Enforcement.values()[random.nextInt(Enforcement.values().length)],
        true);
  }

  private DeviceView view(Accelerator accelerator) {
    boolean present = random.nextInt(8) != 0;
    return switch (random.nextInt(4)) {
      case 0 ->
          new DeviceView(
              accelerator,
              new MemoryMib(1_000L * random.nextInt(9)),
              10 * random.nextInt(11),
              1 + random.nextInt(3),
              random.nextInt(4) == 0,
              present);
      default -> new DeviceView(accelerator, MemoryMib.ZERO, 0, 0, false, present);
    };
  }

  private WaitingJob job(long number, String tenant, int priority, Duration waited) {
    return new WaitingJob(
        Scene.jobId(number),
        new FunctionRef(new TenantId(tenant), new FunctionName("f")),
        request(),
        new MemoryMib(100),
        1 + random.nextInt(5_000),
        priority,
        number,
        Scene.NOW.minus(waited),
        null);
  }

  private AcceleratorRequest request() {
    return new AcceleratorRequest(
        random.nextInt(4) == 0 ? AcceleratorKind.CPU : AcceleratorKind.GPU,
        random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1,
        new MemoryMib(random.nextInt(10) == 0 ? 90_000 : 1_000L * random.nextInt(25)),
        random.nextInt(4) == 0 ? MODELS[random.nextInt(MODELS.length)].toUpperCase() : null,
        1 + random.nextInt(100),
        random.nextInt(5) == 0 ? Sharing.EXCLUSIVE : Sharing.SHARED,
        random.nextBoolean(),
        Enforcement.values()[random.nextInt(3)]);
  }
}
