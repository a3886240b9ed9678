package dev.millrace.runtime.discovery;

import dev.millrace.runtime.discovery.NvmlSession.Handle;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * NVIDIA cards, by the driver's own library: whole cards, or where MIG is on the parts that a card
 * is cut into. A host without the library has none; a driver that says no is a problem. Needs
 * {@code --enable-native-access}.
 */
public final class Nvml implements Discovery {
  private static final List<String> USUAL =
      List.of("libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1");
  private static final long MIB = 1024 * 1024;

  private final List<String> candidates;
  private final Consumer<DiscoveryProblem> problems;

  /**
   * The library where the system's loader finds it.
   *
   * @param problems told of single cards that are left out while others are found
   */
  public Nvml(Consumer<DiscoveryProblem> problems) {
    this(USUAL, problems);
  }

  /**
   * @param candidates names that the system's loader knows, or absolute paths; the first that can
   *     be loaded is used
   */
  Nvml(List<String> candidates, Consumer<DiscoveryProblem> problems) {
    this.candidates = List.copyOf(candidates);
    this.problems = problems;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    Optional<NvmlLibrary> library = NvmlLibrary.load(candidates);
    if (library.isEmpty()) {
      return List.of();
    }
    List<Accelerator> found = new ArrayList<>();
    List<DiscoveryProblem> leftOut = new ArrayList<>();
    try (NvmlSession session = NvmlSession.open(library.get())) {
      for (int i = 0; i < session.count(); i++) {
        try {
          for (Device each : devices(session, session.card(i))) {
            found.add(accelerator(session, each, provider, pool));
          }
        } catch (DiscoveryProblem e) {
          leftOut.add(new DiscoveryProblem("NVIDIA card " + i + " is left out: " + said(e), e));
        }
      }
    }
    if (found.isEmpty() && !leftOut.isEmpty()) {
      throw leftOut.getFirst();
    }
    leftOut.forEach(problems);
    return found;
  }

  /** What each device does now; empty where the library is absent. */
  public List<DeviceUse> use() throws DiscoveryProblem {
    Optional<NvmlLibrary> library = NvmlLibrary.load(candidates);
    if (library.isEmpty()) {
      return List.of();
    }
    List<DeviceUse> uses = new ArrayList<>();
    try (NvmlSession session = NvmlSession.open(library.get())) {
      for (int i = 0; i < session.count(); i++) {
        for (Device each : devices(session, session.card(i))) {
          uses.add(
              new DeviceUse(
                  session.uuid(each.handle()),
                  session.driver(),
                  session.memory(each.handle()).free(),
                  session.utilization(each.handle()),
                  session.processes(each.handle())));
        }
      }
    }
    return uses;
  }

  /** Something that work is placed on. */
  private record Device(Handle handle, Enforcement enforcement) {}

  private static List<Device> devices(NvmlSession session, Handle card) throws DiscoveryProblem {
    if (!session.mig(card)) {
      return List.of(new Device(card, Enforcement.NONE));
    }
    List<Handle> parts = session.parts(card);
    if (parts.isEmpty()) {
      throw new DiscoveryProblem(
          "MIG is on and the card is not cut into devices, so nothing can run on it: make some"
              + " (nvidia-smi mig -cgi ... -C), or turn MIG off (nvidia-smi -mig 0)");
    }
    return parts.stream().map(part -> new Device(part, Enforcement.HARDWARE)).toList();
  }

  private static Accelerator accelerator(
      NvmlSession session, Device device, ProviderId provider, PoolId pool)
      throws DiscoveryProblem {
    String uuid = session.uuid(device.handle());
    if (!uuid.matches("(GPU|MIG)-[0-9A-Za-z/-]{1,88}")) {
      throw new DiscoveryProblem("its uuid is not usable: '" + uuid + "'");
    }
    NvmlSession.Memory memory = session.memory(device.handle());
    long mib = (memory.total() - memory.reserved()) / MIB;
    if (mib < 1) {
      throw new DiscoveryProblem("card " + uuid + " is said to have " + mib + " MiB");
    }
    return new Accelerator(
        new AcceleratorId(provider + "/" + uuid),
        provider,
        pool,
        AcceleratorKind.GPU,
        session.name(device.handle()),
        uuid,
        new MemoryMib(mib),
        0,
        device.enforcement(),
        false);
  }

  private static String said(DiscoveryProblem problem) {
    return String.valueOf(problem.getMessage());
  }
}
