package dev.millrace.runtime;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.function.Rules;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.SliceGrant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Values that the tests start from. */
public final class Samples {
  public static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
  public static final ProviderId PROVIDER = new ProviderId("here");
  public static final PoolId POOL = new PoolId("default");
  public static final FunctionRef FUNCTION =
      new FunctionRef(new TenantId("main"), new FunctionName("align"));
  public static final AttemptId ATTEMPT = new AttemptId(new JobId("01jd0000000000000000000000"), 1);
  public static final RunId RUN = new RunId("01jd0000000000000000000001");
  public static final RunRef REF = new RunRef(ATTEMPT, RUN, 7);

  private static final AtomicInteger RUNS = new AtomicInteger();

  private Samples() {}

  /**
   * A run that no other test has, here or in another process of this machine: what is left of a run
   * is found by its id among all processes, and ended.
   */
  public static RunRef run() {
    String id = "01jd%011d%011d".formatted(ProcessHandle.current().pid(), RUNS.incrementAndGet());
    return new RunRef(ATTEMPT, new RunId(id), 7);
  }

  public static Limits limits() {
    return new Limits(
        Duration.ofSeconds(60),
        new MemoryMib(512),
        1000,
        Network.NONE,
        64 * 1024,
        Duration.ofSeconds(30));
  }

  public static Limits timeout(Duration timeout) {
    Limits l = limits();
    return new Limits(
        timeout, l.memory(), l.cpuMillis(), l.network(), l.logMaxBytes(), l.leaseDuration());
  }

  public static Limits memory(int mib) {
    Limits l = limits();
    return new Limits(
        l.timeout(),
        new MemoryMib(mib),
        l.cpuMillis(),
        l.network(),
        l.logMaxBytes(),
        l.leaseDuration());
  }

  public static Limits lease(Duration lease) {
    Limits l = limits();
    return new Limits(l.timeout(), l.memory(), l.cpuMillis(), l.network(), l.logMaxBytes(), lease);
  }

  public static FunctionSpec spec(String script, Map<String, String> variables) {
    return new FunctionSpec(
        FUNCTION.name(),
        "millrace",
        new Code(null, script, List.of()),
        new Resources(new MemoryMib(512), 1000, AcceleratorRequest.cpu(new MemoryMib(512), 50)),
        Rules.defaults().on(RunnerKind.PROCESS),
        variables,
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        Map.of());
  }

  public static DeployedFunction function(String script, FunctionFile... files) {
    return new DeployedFunction(
        FUNCTION, 3, spec(script, Map.of("COLOUR", "blue")), List.of(files), NOW);
  }

  public static InputRef input(String key, long generation, long size) {
    return new InputRef(
        new ObjectName(StoreId.EMBEDDED, "in", key),
        new VersionTag.Generation(generation),
        "abc",
        size,
        NOW);
  }

  public static SliceGrant cpuSlice() {
    return new SliceGrant(
        new Slice(new AcceleratorId("here/cpu"), new MemoryMib(512), 50),
        AcceleratorKind.CPU,
        "cpu",
        Enforcement.WATCHDOG,
        false);
  }

  public static Order order(DeployedFunction function, InputRef input, Limits limits) {
    return new Order(
        ATTEMPT,
        7,
        POOL,
        PROVIDER,
        function,
        input,
        List.of(cpuSlice()),
        limits,
        NOW,
        NOW.plusSeconds(600));
  }
}
