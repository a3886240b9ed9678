package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.runtime.discovery.AmdKfd;
import dev.millrace.runtime.discovery.Declared;
import dev.millrace.runtime.discovery.Discovery;
import dev.millrace.runtime.discovery.DiscoveryProblem;
import dev.millrace.runtime.discovery.FirstOf;
import dev.millrace.runtime.discovery.HostCpu;
import dev.millrace.runtime.discovery.NvidiaFiles;
import dev.millrace.runtime.discovery.NvidiaSmi;
import dev.millrace.runtime.discovery.Nvml;
import dev.millrace.runtime.discovery.Simulated;
import dev.millrace.runtime.discovery.Together;
import dev.millrace.schema.fleet.Accelerator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices of this host, and those that the configuration says are there. */
final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  private Devices() {}

  static List<Accelerator> find(MillraceConfig.Provider provider) {
    return find(provider, problem -> LOG.warn("devices left out: {}", problem.getMessage()));
  }

  static List<Accelerator> find(
      MillraceConfig.Provider provider, Consumer<DiscoveryProblem> problems) {
    List<Discovery> parts = new ArrayList<>();
    parts.add(new HostCpu());
    parts.add(new FirstOf(List.of(new Nvml(problems), new NvidiaSmi(), new NvidiaFiles())));
    parts.add(new AmdKfd(problems));
    for (MillraceConfig.CdiDevice device : provider.cdi()) {
      parts.add(new Declared(device.kind(), device.model(), device.memory(), device.name()));
    }
    for (MillraceConfig.SimulatedDevice device : provider.simulated()) {
      parts.add(new Simulated(device.kind(), device.count(), device.model(), device.memory()));
    }
    return new Together(parts, problems).find(provider.name(), provider.pool());
  }
}
