package dev.millrace.runtime.container;

import dev.millrace.runtime.kept.KeptKey;
import dev.millrace.runtime.resident.FramedConversation;
import dev.millrace.runtime.resident.WorkerHost;
import dev.millrace.runtime.resident.WorkerLog;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.schema.function.Interpreter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Containers that are kept between jobs: those in which each job is a further command, and those in
 * which a worker lives. A container ends by itself when this process is gone, since it waits at a
 * pipe of which this process has the other end; what is left of it is found by its label.
 */
public final class KeptContainers implements WorkerHost {
  private static final System.Logger LOG = System.getLogger(KeptContainers.class.getName());
  private static final String SLOT = "dev.millrace.slot";

  /** Who keeps a container alive: someone whom the function's user can do nothing to. */
  private static final int KEEPER = 65_533;

  private final EngineDoor door;
  private final DockerSettings settings;
  private final Images images;
  private final ContainerMaker maker;
  private final Path root;
  private final Set<SlotWorker> living = ConcurrentHashMap.newKeySet();
  private final Set<Path> folders = ConcurrentHashMap.newKeySet();
  private final ReentrantLock sweeping = new ReentrantLock();
  private final AtomicBoolean swept = new AtomicBoolean();
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * What an earlier process left is removed from now on, before the first container is started.
   *
   * @param door closed by whoever made it, after this
   * @param images shared by all that work with the engine
   */
  public KeptContainers(EngineDoor door, DockerSettings settings, Images images)
      throws IOException {
    this.door = door;
    this.settings = settings;
    this.images = images;
    this.maker = new ContainerMaker(settings);
    this.root = Files.createDirectories(settings.home().resolve("slots"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    Thread.ofVirtual().name("old containers").start(this::sweepFirst);
  }

  private void sweepFirst() {
    try {
      long pause = settings.pace().afterFailure().toNanos();
      do {
        if (door.look() instanceof Opened.Ready(Engine engine)) {
          sweep(engine);
        }
      } while (!swept.get() && !closing.await(pause, TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whoever starts a container waits for it; nothing that is being made is swept away. */
  private void sweep(Engine engine) throws InterruptedException {
    sweeping.lockInterruptibly();
    try {
      if (!swept.compareAndSet(false, true)) {
        return;
      }
      Set<Path> staying = removeOld(engine);
      if (!staying.isEmpty()) {
        swept.set(false);
      }
      try (DirectoryStream<Path> found = Files.newDirectoryStream(root)) {
        for (Path folder : found) {
          if (!folders.contains(folder) && !staying.contains(folder)) {
            new SlotFolder(folder).remove();
          }
        }
      }
    } catch (IOException e) {
      swept.set(false);
      LOG.log(
          closing() ? Level.DEBUG : Level.WARNING,
          "old kept containers were not removed: {0}",
          e.getMessage());
    } finally {
      sweeping.unlock();
    }
  }

  /** One that cannot be removed keeps no other; the folders of those that stay. */
  private Set<Path> removeOld(Engine engine) throws EngineException, InterruptedException {
    Set<Path> staying = new HashSet<>();
    for (ContainerSummary each : engine.list(ContainerNames.common(settings))) {
      String folder = each.labels().get(SLOT);
      if (folder != null && !folders.contains(Path.of(folder))) {
        try {
          engine.remove(each.id());
        } catch (EngineException e) {
          staying.add(Path.of(folder));
          LOG.log(Level.WARNING, "container {0} stays: {1}", each.id(), e.getMessage());
        }
      }
    }
    return staying;
  }

  private boolean closing() {
    return closing.getCount() == 0;
  }

  @Override
  public boolean takes(RunPlan plan) {
    return plan.code().image() != null
        && (plan.keep().resident() || plan.keep().most() > 0 && plan.code().script() != null);
  }

  @Override
  public Launch launch(RunPlan plan) throws InterruptedException {
    String image = String.valueOf(plan.code().image());
    if (plan.code().script() == null) {
      return new Launch.NotLaunched(
          "a worker in a container needs a script: function " + plan.function() + " has none",
          false);
    }
    try {
      return switch (door.look()) {
        case Opened.Unusable(String reason) -> new Launch.NotLaunched(reason, false);
        case Opened.Ready(Engine engine) -> {
          sweep(engine);
          yield launch(engine, plan, image);
        }
      };
    } catch (EngineException e) {
      return notLaunched(StartFailures.of(e, image));
    } catch (IOException e) {
      return new Launch.NotLaunched("the container's folder could not be prepared: " + e, true);
    }
  }

  private Launch launch(Engine engine, RunPlan plan, String image)
      throws IOException, InterruptedException {
    Devices.Asking asking = Devices.of(plan.slices(), engine.facts());
    if (asking instanceof Devices.Asking.Refused(String reason)) {
      return new Launch.NotLaunched(reason, false);
    }
    ContainerUser.Choice choice =
        ContainerUser.choose(settings.user(), engine.facts(), ContainerUser.Self.ofThisProcess());
    if (choice instanceof ContainerUser.Choice.Refused(String reason)) {
      return new Launch.NotLaunched(reason, false);
    }
    Images.Presence presence = images.ensure(engine, image);
    if (presence instanceof Images.Presence.Absent(String reason, boolean retryable)) {
      return new Launch.NotLaunched(reason, retryable);
    }
    List<String> volumes = ((Images.Presence.Present) presence).volumes();
    if (!volumes.isEmpty() && !plan.keep().resident()) {
      // What a job leaves there would be the next one's.
      return new Launch.LeftAlone();
    }
    ContainerUser user = ((ContainerUser.Choice.Is) choice).user();
    SlotFolder folder = new SlotFolder(root.resolve(plan.run().run().value()));
    folders.add(folder.root());
    folder.remove();
    Made made = new Made(engine, folder, user, folder.create(plan, user), NamedPipes.make(folder));
    boolean launched = false;
    try {
      ContainerSpec spec = spec(plan, maker.spec(plan, image, user, volumes), made);
      Launch launch = start(plan, made, spec, ((Devices.Asking.Ways) asking).ways());
      launched = launch instanceof Launch.Launched;
      return launch;
    } finally {
      if (!launched) {
        made.undo();
        folders.remove(folder.root());
      }
    }
  }

  /** What there is of a container before it runs. */
  private record Made(
      Engine engine, SlotFolder folder, ContainerUser user, WorkerLog log, NamedPipes pipes) {
    void undo() throws IOException {
      pipes.close();
      pipes.output().close();
      log.close();
      folder.remove();
    }
  }

  private Launch start(RunPlan plan, Made made, ContainerSpec spec, List<DeviceAsk> ways)
      throws IOException, InterruptedException {
    Launch outcome = new Launch.NotLaunched("no way to ask for the devices", false);
    for (DeviceAsk ask : ways) {
      try {
        made.engine().remove(spec.name());
        made.engine().create(ContainerMaker.with(spec, ask));
        made.engine().start(spec.name());
        return new Launch.Launched(conversation(plan, made, spec.name()));
      } catch (EngineException e) {
        made.engine().remove(spec.name());
        if (e.kind() == EngineException.Kind.NOT_FOUND) {
          images.forget(spec.image());
        }
        outcome = notLaunched(StartFailures.of(e, spec.image()));
        if (!StartFailures.unknownDevice(e)) {
          return outcome;
        }
      }
    }
    return outcome;
  }

  private static Launch notLaunched(Runner.Start.NotStarted why) {
    return new Launch.NotLaunched(why.reason(), why.retryable());
  }

  private dev.millrace.runtime.resident.Conversation conversation(
      RunPlan plan, Made made, String container) {
    SlotWorker slot =
        new SlotWorker(
            new SlotWorker.Subject(
                made.engine(),
                container,
                made.folder(),
                made.log(),
                new SlotWorker.Owner(
                    settings, made.user(), made.pipes(), plan.keep().resident(), this::closing)),
            this::gone);
    living.add(slot);
    return plan.keep().resident()
        ? FramedConversation.with(slot, made.pipes().input(), made.pipes().output())
        : new CommandedSlot(slot, made.user());
  }

  /** One that could not be removed is looked for again at the next start of another. */
  private void gone(SlotWorker slot) {
    living.remove(slot);
    folders.remove(slot.folder().root());
    if (slot.lost()) {
      swept.set(false);
    }
  }

  /** The same bounds as a fresh container's. */
  private ContainerSpec spec(RunPlan plan, ContainerSpec fresh, Made made) {
    boolean resident = plan.keep().resident();
    Map<String, String> labels = new HashMap<>(ContainerNames.common(settings));
    labels.put(SLOT, made.folder().root().toString());
    return new ContainerSpec(
        "millrace-slot-" + plan.run().run().value(),
        fresh.image(),
        resident ? worker(plan, made.user()) : keeper(made.user()),
        fresh.confinement(),
        labels,
        resident ? made.folder().workersPlaces() : made.folder().places(),
        DeviceAsk.NOTHING);
  }

  private static ContainerSpec.Command worker(RunPlan plan, ContainerUser user) {
    Map<String, String> environment = new HashMap<>();
    environment.put("HOME", ContainerMaker.PATHS.tmp());
    environment.put("TMPDIR", ContainerMaker.PATHS.tmp());
    environment.putAll(KeptKey.lasting(plan.variables()));
    environment.put("MILLRACE_FUNCTION_DIR", ContainerMaker.PATHS.function());
    environment.put("MILLRACE_WORKER", "1");
    Interpreter interpreter =
        Interpreter.of(Objects.requireNonNull(plan.code().script(), "a worker's script"));
    return new ContainerSpec.Command(SlotFolder.worker(interpreter), environment, user.text(), false);
  }

  private static ContainerSpec.Command keeper(ContainerUser user) {
    int keeper = user.uid() == KEEPER ? KEEPER - 1 : KEEPER;
    return new ContainerSpec.Command(SlotFolder.keeper(), Map.of(), keeper + ":" + keeper, false);
  }

  @Override
  public void close() {
    closing.countDown();
    List.copyOf(living).forEach(slot -> slot.end(false));
  }
}
