package dev.millrace.runtime.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Device;
import com.github.dockerjava.api.model.DeviceRequest;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.Ulimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts a {@link ContainerSpec} into the engine's words. Everything that hardens stands here. */
final class Creation {
  /** Hosts whose own limit is lower are rare; an engine cannot raise it. */
  private static final int OPEN_FILES_MAX = 8_192;

  private static final long CPU_PERIOD_MICROS = 100_000;
  private static final int LOG_FILES = 2;

  private Creation() {}

  static CreateContainerCmd of(DockerClient client, ContainerSpec spec) {
    ContainerSpec.Command command = spec.command();
    CreateContainerCmd create =
        client
            .createContainerCmd(spec.image())
            .withName(spec.name())
            .withLabels(spec.labels())
            .withUser(command.user())
            .withEnv(assignments(command.environment()))
            .withStdinOpen(command.stdinOpen())
            .withHostConfig(host(spec));
    if (!command.line().isEmpty()) {
      create
          .withEntrypoint(command.line().getFirst())
          .withCmd(command.line().subList(1, command.line().size()));
    }
    return create;
  }

  private static List<String> assignments(Map<String, String> environment) {
    return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static HostConfig host(ContainerSpec spec) {
    ContainerSpec.Confinement bounds = spec.confinement();
    HostConfig host =
        HostConfig.newHostConfig()
            .withInit(true)
            .withReadonlyRootfs(true)
            .withCapDrop(Capability.ALL)
            .withSecurityOpts(List.of("no-new-privileges:true"))
            .withPrivileged(false)
            .withNetworkMode(bounds.networkOpen() ? "bridge" : "none")
            .withIpcMode("private")
            .withPidsLimit((long) bounds.processesMax())
            .withMemory(bounds.memoryBytes())
            .withMemorySwap(bounds.memoryBytes())
            .withCpuPeriod(CPU_PERIOD_MICROS)
            .withCpuQuota(bounds.cpuMillis() * CPU_PERIOD_MICROS / 1000)
            .withUlimits(ulimits(bounds))
            .withTmpFs(scratch(bounds))
            .withMounts(mounts(spec))
            .withLogConfig(log(bounds));
    devices(host, spec.devices());
    return host;
  }

  /** Bounded, where a volume of the engine's would fill the host's disk. */
  private static Map<String, String> scratch(ContainerSpec.Confinement bounds) {
    String options = "rw,exec,nosuid,nodev,mode=1777,size=" + bounds.tmpBytes();
    Map<String, String> places = new HashMap<>();
    places.put("/tmp", options);
    bounds.volumes().forEach(path -> places.put(path, options));
    return places;
  }

  private static List<Ulimit> ulimits(ContainerSpec.Confinement bounds) {
    return List.of(
        new Ulimit("core", 0L, 0L),
        new Ulimit("nofile", (long) OPEN_FILES_MAX, OPEN_FILES_MAX),
        new Ulimit("fsize", bounds.fileBytesMax(), bounds.fileBytesMax()));
  }

  /** Two files that take turns hold what is kept in all. */
  private static LogConfig log(ContainerSpec.Confinement bounds) {
    return new LogConfig(
        LogConfig.LoggingType.LOCAL,
        Map.of(
            "max-size",
            Long.toString(bounds.logBytes()),
            "max-file",
            Integer.toString(LOG_FILES),
            "compress",
            "false"));
  }

  /** Mounts, not binds: a source that is missing is refused and never made. */
  private static List<Mount> mounts(ContainerSpec spec) {
    List<Mount> mounts = new ArrayList<>();
    for (ContainerSpec.Place place : spec.places()) {
      mounts.add(
          new Mount()
              .withType(MountType.BIND)
              .withSource(place.source())
              .withTarget(place.target())
              .withReadOnly(!place.writable()));
    }
    return mounts;
  }

  private static void devices(HostConfig host, DeviceAsk ask) {
    List<DeviceRequest> requests = new ArrayList<>();
    if (!ask.cdi().isEmpty()) {
      requests.add(new DeviceRequest().withDriver("cdi").withDeviceIds(ask.cdi()));
    }
    if (!ask.nvidia().isEmpty()) {
      requests.add(
          new DeviceRequest()
              .withDriver("nvidia")
              .withDeviceIds(ask.nvidia())
              .withCapabilities(List.of(List.of("gpu"))));
    }
    if (!requests.isEmpty()) {
      host.withDeviceRequests(requests);
    }
    if (!ask.nodes().isEmpty()) {
      host.withDevices(ask.nodes().stream().map(node -> new Device("rw", node, node)).toList());
    }
    if (!ask.groups().isEmpty()) {
      host.withGroupAdd(ask.groups());
    }
  }
}
