package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.runtime.channel.MergedOrderSource;
import dev.millrace.runtime.container.DockerRunner;
import dev.millrace.runtime.container.DockerSettings;
import dev.millrace.runtime.container.EngineDoor;
import dev.millrace.runtime.container.Images;
import dev.millrace.runtime.container.KeptContainers;
import dev.millrace.runtime.container.LoggedPulls;
import dev.millrace.runtime.container.Opened;
import dev.millrace.runtime.kept.DeviceRoom;
import dev.millrace.runtime.kept.RoomyRunner;
import dev.millrace.runtime.order.OrderVerifier;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.provider.Introducer;
import dev.millrace.runtime.provider.ProviderLoop;
import dev.millrace.runtime.resident.ResidentRunner;
import dev.millrace.runtime.resident.WorkerHost;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.unit.Backoff;
import dev.millrace.runtime.unit.OrderRun;
import dev.millrace.runtime.unit.RunEvents;
import dev.millrace.runtime.unit.RunServices;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** A provider: its devices, its runners, and its loop over orders. */
final class LocalProvider implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LocalProvider.class);
  private static final Duration COMPLAIN_AGAIN = Duration.ofMinutes(1);

  /** How long something is kept alive that no job asks for. */
  private static final Duration IDLE_MAX = Duration.ofMinutes(5);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final MillraceConfig config;
  private final SigningKey key;
  private final List<Accelerator> devices;
  private final DeviceRoom room;
  private final ProviderLoop loop;

  /**
   * What a provider needs of others.
   *
   * @param orders how it learns of orders, by name
   */
  record Around(
      MillraceConfig config,
      Path folder,
      Map<String, OrderSource> orders,
      RunChannel channel,
      TrustedKeys coordinator,
      Inside inside) {
    /** Of a provider whose coordinator is elsewhere. */
    Around(
        MillraceConfig config,
        Path folder,
        Map<String, OrderSource> orders,
        RunChannel channel,
        TrustedKeys coordinator) {
      this(config, folder, orders, channel, coordinator, Inside.APART);
    }
  }

  LocalProvider(Around around, List<Accelerator> devices, SecureRandom random) throws IOException {
    InstantSource clock = InstantSource.system();
    this.config = around.config();
    this.devices = devices;
    this.room = new DeviceRoom(devices);
    MillraceConfig.Provider provider = config.provider();
    Inside inside = around.inside();
    this.key =
        key(around.folder(), random).telling(signed -> inside.signed(provider.name(), signed));
    Complaints complaints = new Complaints(COMPLAIN_AGAIN, Ticker.system(), LOG::warn);
    MergedOrderSource merged =
        keep(
            new MergedOrderSource(
                around.orders(),
                (name, failure) -> complaints.hear("orders by " + name, failure.toString())));
    Map<RunnerKind, Runner> runners = new EnumMap<>(RunnerKind.class);
    runners.put(RunnerKind.PROCESS, keep(process(around.folder(), provider)));
    docker(provider, around.folder()).ifPresent(docker -> runners.put(RunnerKind.DOCKER, docker));
    RunServices services =
        keep(
            RunServices.open(
                new RunServices.Identity(provider.name(), key, around.folder()),
                new RunServices.Partners(around.channel(), runners, new LoggedRuns()),
                RunServices.Clocks.system(),
                new Backoff(8, Duration.ofMillis(100), Duration.ofSeconds(5))));
    loop =
        new ProviderLoop(
            new ProviderLoop.Work(
                merged,
                new OrderVerifier(
                    around.coordinator(), provider.name(), provider.pool(), clock, inside::order),
                services,
                new Ulids(clock, random)::run),
            new LoggedRuns(),
            provider.runsMax());
    opened.push(loop);
  }

  /** Child processes, workers among them. */
  private Runner process(Path folder, MillraceConfig.Provider provider) throws IOException {
    ProcessRunner process =
        new ProcessRunner(
            ProcessSettings.of(provider.name(), allowed(provider), provider.processOutputMax()));
    return keeping(process, new ProcessWorkers(process, folder.resolve("workers")));
  }

  /** A runner of which something is kept between jobs. */
  private Runner keeping(Runner runner, WorkerHost host) {
    ResidentRunner keeping =
        new ResidentRunner(
            runner,
            host,
            new ResidentRunner.Times(InstantSource.system(), Ticker.system(), IDLE_MAX));
    room.count(keeping.idle());
    return new RoomyRunner(keeping, room);
  }

  /** The signing key of a provider's folder. */
  static SigningKey key(Path folder, SecureRandom random) throws IOException {
    return new KeyFiles(folder.resolve("keys"), random).signing("provider");
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  /** Even one whose engine is not there yet: a job for it then says what to do. */
  private Optional<Runner> docker(MillraceConfig.Provider provider, Path folder)
      throws IOException {
    MillraceConfig.Docker docker = provider.docker();
    if (docker.enabled() == MillraceConfig.Enabled.FALSE) {
      return Optional.empty();
    }
    EngineDoor door = keep(new EngineDoor(docker.host()));
    if (docker.enabled() == MillraceConfig.Enabled.TRUE) {
      require(door);
    }
    DockerSettings settings =
        new DockerSettings(
            provider.name(),
            folder.toAbsolutePath().normalize(),
            Optional.ofNullable(docker.user()),
            new DockerSettings.Room(
                docker.outputMaxBytes(), docker.tmpMaxBytes(), docker.processesMax()),
            DockerSettings.Pace.usual());
    Images images = new Images(new LoggedPulls(), Ticker.system());
    KeptContainers kept = new KeptContainers(door, settings, images);
    DockerRunner fresh =
        new DockerRunner(
            door,
            settings,
            new DockerRunner.Clocks(InstantSource.system(), Ticker.system()),
            images);
    return Optional.of(keep(keeping(fresh, kept)));
  }

  private static void require(EngineDoor door) throws IOException {
    try {
      if (door.look() instanceof Opened.Unusable(String reason)) {
        throw new IOException(
            reason + "; provider.runners.docker.enabled is true, which needs an engine");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the engine was looked for", e);
    }
  }

  private Allowed allowed(MillraceConfig.Provider provider) {
    if (provider.processAllow().contains("*")) {
      return new Allowed.Everything();
    }
    Set<FunctionRef> functions = new HashSet<>();
    for (String name : provider.processAllow()) {
      functions.add(new FunctionRef(config.tenant(), new FunctionName(name)));
    }
    return new Allowed.Only(functions);
  }

  /** How it introduces itself. */
  ProviderRecord introduction(InstantSource clock) {
    return new ProviderRecord(
        config.provider().name(),
        config.provider().pool(),
        Base64.getEncoder().encodeToString(key.publicKey()),
        devices,
        clock.instant());
  }

  /** Who it is, for a coordinator elsewhere. */
  Introducer.Who who() {
    MillraceConfig.Provider provider = config.provider();
    return new Introducer.Who(provider.name(), provider.pool(), key, devices);
  }

  /** Takes up runs that an earlier process left, then orders. */
  void start() throws IOException {
    loop.start();
  }

  /** Takes up what was left; orders wait. */
  void resume() throws IOException {
    loop.resume();
  }

  /** From now on orders are taken. */
  void welcome() {
    loop.welcome();
  }

  /** What an operator wants to see of runs that did not go the usual way. */
  private static final class LoggedRuns implements RunEvents {
    @Override
    public void refused(String order, String reason) {
      LOG.warn("order {} refused: {}", order, reason);
    }

    @Override
    public void abandoned(RunRef run, String reason) {
      // One order is told of by several sources: that all but one come too late is the usual way.
      Level level = reason.equals(OrderRun.TAKEN) ? Level.DEBUG : Level.WARN;
      LOG.atLevel(level).log("run {} of {} given up: {}", run.run(), run.attempt(), reason);
    }

    @Override
    public void broken(String order, Exception failure) {
      LOG.warn("run of order {} failed on this host: {}", order, failure.toString());
    }
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
