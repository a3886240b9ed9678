package dev.millrace.orch.up;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.doctor.Check;
import dev.millrace.orch.doctor.Doctor;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.doctor.Folder;
import dev.millrace.orch.doctor.Host;
import dev.millrace.orch.doctor.Ports;
import dev.millrace.orch.doctor.Servers;
import dev.millrace.runtime.container.EngineDoor;
import dev.millrace.runtime.container.EngineFacts;
import dev.millrace.runtime.container.Opened;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that {@code doctor} looks at, on this machine. */
final class Checkup {
  private static final Path PROC = Path.of("/proc");
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final Coordinator.Nature nature;
  private final Path data;
  private final Optional<Path> configured;

  Checkup(Coordinator.Nature nature, Path data, Optional<Path> configured) {
    this.nature = nature;
    this.data = data;
    this.configured = configured;
  }

  List<Finding> examine() throws IOException, InterruptedException {
    List<Check> checks = new ArrayList<>(new Host(PROC, Path.of("/etc")).checks());
    List<Finding> config = new ArrayList<>();
    try {
      Optional<InUse> used = configured.isPresent() ? Optional.empty() : InUse.of(PROC, data);
      Optional<Path> named = configured.or(() -> used.map(InUse::config));
      MillraceConfig read = LocalUpkeep.config(data, named);
      config.add(
          Finding.ok(
              "config",
              named
                  .or(() -> Optional.of(data.resolve(Wired.CONFIG)).filter(Files::exists))
                  .map(file ->
                      file
                          + " can be used"
                          + used.map(by -> ", and process " + by.pid() + " does").orElse(""))
                  .orElse("no millrace.yaml: all defaults")));
      config.add(
          Finding.ok(
              "config",
              read.retention().off()
                  ? "retention is off: nothing is removed by itself"
                  : "retention: " + read.retention()));
      checks.addAll(
          new Folder(data, read.storeOptions().space().minFreeBytes(), nature.ticker(), PROC)
              .checks());
      checks.add(new Check("backup", () -> backup(data)));
      checks.add(new Check("secrets", () -> SecretCheck.of(data, read)));
      checks.add(new Check("docker", () -> List.of(docker(read.provider().docker()))));
      checks.add(new Check("devices", () -> devices(read.provider())));
      servers(read, checks);
    } catch (IOException e) {
      config.add(
          Finding.bad(
              "config",
              String.valueOf(e.getMessage()),
              "correct it: docs/configuration.md has all keys; the rest was not looked at"));
    }
    checks.add(new Check("config", () -> config));
    return new Doctor(LONGEST).examine(checks);
  }

  /** Blobs that a killed backup has linked keep their room when they are deleted. */
  static List<Finding> backup(Path data) throws IOException {
    return Backup.left(data)
        ? List.of(
            Finding.warn(
                "backup",
                "a backup of " + data + " was killed, and what it linked and copied is still there",
                "take it again, or restart what runs on the folder: both clear it"))
        : List.of();
  }

  private void servers(MillraceConfig config, List<Check> checks) throws IOException {
    Optional<URI> api = CoordinatorFile.read(data).map(CoordinatorFile::uri);
    Optional<URI> store = StoreEnvironment.read(data).map(StoreAccess::endpoint);
    Set<Integer> own = new HashSet<>();
    if (api.isPresent()) {
      own.add(api.get().getPort());
      store.ifPresent(at -> own.add(at.getPort()));
    }
    Ports ports = new Ports(own, PROC);
    checks.add(ports.check("API", config.api().host(), config.api().port(), "--port"));
    if (config.storeElsewhere() == null) {
      checks.add(
          ports.check("store", config.store().host(), config.store().port(), "--store-port"));
    }
    Servers servers = new Servers(nature.clock());
    if (api.isPresent()) {
      Path token = data.resolve(TokenFile.NAME);
      String given = Files.isReadable(token) ? Files.readString(token).strip() : "";
      checks.add(servers.coordinator(api.get(), given));
      checks.add(new Check("retention", () -> RetentionCheck.of(api.get(), given)));
      checks.add(new Check("notices", () -> noticesOf(api.get(), given)));
      store.ifPresent(at -> checks.add(servers.store(at)));
    } else {
      checks.add(
          new Check("api", () -> List.of(Finding.ok("api", "no coordinator runs on " + data))));
    }
  }

  private List<Finding> noticesOf(URI api, String token) {
    return new NoticeCheck(nature.clock()).of(api, token);
  }

  private static Finding docker(MillraceConfig.Docker docker)
      throws IOException, InterruptedException {
    if (docker.enabled() == MillraceConfig.Enabled.FALSE) {
      return Finding.ok("docker", "not wanted: provider.runners.docker.enabled is false");
    }
    try (EngineDoor door = new EngineDoor(docker.host())) {
      return switch (door.look()) {
        case Opened.Ready(var engine) -> Finding.ok("docker", said(docker, engine.facts()));
        case Opened.Unusable(String reason) -> unusable(docker, reason);
      };
    }
  }

  private static String said(MillraceConfig.Docker docker, EngineFacts facts) {
    return "engine "
        + facts.version()
        + ", API "
        + facts.api()
        + " at "
        + docker.host()
        + (facts.cdi() ? ", CDI with " + facts.cdiDevices().size() + " devices" : ", no CDI")
        + (facts.rootless() ? ", rootless" : "");
  }

  /** What is wrong, and what to do, stand in one sentence. */
  private static Finding unusable(MillraceConfig.Docker docker, String reason) {
    int colon = reason.indexOf(": ");
    String said = colon < 0 ? reason : reason.substring(0, colon);
    String remedy = colon < 0 ? "" : reason.substring(colon + 2);
    return docker.enabled() == MillraceConfig.Enabled.TRUE
        ? Finding.bad("docker", said, remedy)
        : Finding.warn("docker", said, remedy + " (functions with an image need it)");
  }

  private static List<Finding> devices(MillraceConfig.Provider provider) {
    List<Finding> found = new ArrayList<>();
    List<Accelerator> devices =
        Devices.find(
            provider,
            problem ->
                found.add(
                    Finding.warn(
                        "devices",
                        String.valueOf(problem.getMessage()),
                        "its functions see no such device until that is mended")));
    for (Accelerator device : devices) {
      found.add(
          Finding.ok(
              "devices",
              device.id()
                  + ": "
                  + device.model()
                  + ", "
                  + device.memory()
                  + (device.simulated() ? " (simulated)" : "")));
    }
    if (devices.stream().noneMatch(device -> device.kind() == AcceleratorKind.GPU)) {
      found.add(
          Finding.ok(
              "devices",
              "no GPU: jobs that ask for one are refused, but where another host has one"));
    }
    return found;
  }
}
