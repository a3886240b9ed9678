package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Runs each function in a fresh container of a Docker Engine on this host, whose image it does not
 * touch. What it starts survives this process and is found again by its name; the engine keeps
 * memory, processors and processes in bounds, this runner watches time and disk.
 */
public final class DockerRunner implements Runner {
  private final EngineDoor door;
  private final DockerSettings settings;
  private final Clocks clocks;
  private final Images images;
  private final ContainerMaker maker;
  private final ContainerWatch watch;

  /** Time, passed in. */
  public record Clocks(InstantSource wall, Ticker ticker) {}

  /**
   * A runner that begins to watch at once, and clears away what earlier runs left.
   *
   * @param door closed by whoever made it, after the runner
   * @param images shared by all that work with the engine
   */
  public DockerRunner(EngineDoor door, DockerSettings settings, Clocks clocks, Images images) {
    this.door = door;
    this.settings = settings;
    this.clocks = clocks;
    this.images = images;
    this.maker = new ContainerMaker(settings);
    this.watch = ContainerWatch.start(settings.pace().look(), new Orphans(door, settings));
  }

  @Override
  public RunnerKind kind() {
    return RunnerKind.DOCKER;
  }

  @Override
  public Lasting lasting() {
    return new Lasting.Renewing();
  }

  @Override
  public FunctionPaths paths(WorkFolder folder) {
    return ContainerMaker.PATHS;
  }

  @Override
  public Start start(RunPlan plan) throws InterruptedException {
    String image = plan.code().image();
    if (image == null) {
      return new Start.NotStarted(
          "runner docker needs an image: function " + plan.function() + " has none", false);
    }
    try {
      return switch (door.look()) {
        case Opened.Unusable(String reason) -> new Start.NotStarted(reason, false);
        case Opened.Ready(Engine engine) -> start(engine, plan, image);
      };
    } catch (EngineException e) {
      return StartFailures.of(e, image);
    } catch (IOException e) {
      return new Start.NotStarted("the run's folder could not be prepared: " + e, true);
    }
  }

  private Start start(Engine engine, RunPlan plan, String image)
      throws IOException, InterruptedException {
    Devices.Asking asking = Devices.of(plan.slices(), engine.facts());
    if (asking instanceof Devices.Asking.Refused(String reason)) {
      return new Start.NotStarted(reason, false);
    }
    ContainerUser.Choice choice =
        ContainerUser.choose(settings.user(), engine.facts(), ContainerUser.Self.ofThisProcess());
    if (choice instanceof ContainerUser.Choice.Refused(String reason)) {
      return new Start.NotStarted(reason, false);
    }
    Images.Presence presence = images.ensure(engine, image);
    if (presence instanceof Images.Presence.Absent(String reason, boolean retryable)) {
      return new Start.NotStarted(reason, retryable);
    }
    ContainerUser user = ((ContainerUser.Choice.Is) choice).user();
    maker.prepare(plan, user);
    ContainerSpec spec =
        maker.spec(plan, image, user, ((Images.Presence.Present) presence).volumes());
    Start outcome = new Start.NotStarted("no way to ask for the devices", false);
    for (DeviceAsk ask : ((Devices.Asking.Ways) asking).ways()) {
      Attempt attempt = attempt(engine, plan, ContainerMaker.with(spec, ask));
      if (!(attempt instanceof Attempt.OtherWay(Start.NotStarted why))) {
        return ((Attempt.Over) attempt).outcome();
      }
      outcome = why;
    }
    return outcome;
  }

  /** One way of asking for the devices. */
  private sealed interface Attempt {
    /** Started or not, there is no other way. */
    record Over(Start outcome) implements Attempt {}

    /** The engine does not know the devices by these names. */
    record OtherWay(Start.NotStarted why) implements Attempt {}
  }

  private Attempt attempt(Engine engine, RunPlan plan, ContainerSpec spec)
      throws IOException, InterruptedException {
    RunNotes notes = new RunNotes(plan.folder().control());
    Instant now = clocks.wall().instant();
    ContainerRun.Subject subject = subject(plan.run(), plan.folder(), plan.limits());
    boolean made = false;
    try {
      create(engine, spec);
      made = true;
      notes.starting(now);
      engine.start(spec.name());
      return started(ContainerRun.follow(subject, now, true));
    } catch (EngineException e) {
      if (made && e.kind() == EngineException.Kind.UNREACHABLE) {
        // Nobody knows whether it runs: what follows it finds out.
        return started(ContainerRun.follow(subject, now, false));
      }
      engine.remove(spec.name());
      notes.clear();
      if (e.kind() == EngineException.Kind.NOT_FOUND && !made) {
        images.forget(spec.image());
        return new Attempt.Over(
            new Start.NotStarted("image " + spec.image() + " was taken away just now", true));
      }
      Start.NotStarted why = StartFailures.of(e, spec.image());
      return StartFailures.unknownDevice(e) ? new Attempt.OtherWay(why) : new Attempt.Over(why);
    }
  }

  private Attempt started(ContainerRun run) {
    watch.add(run);
    return new Attempt.Over(new Start.Started(run));
  }

  /** A container of that name is of an earlier start, whose answer nobody heard. */
  private static void create(Engine engine, ContainerSpec spec)
      throws EngineException, InterruptedException {
    try {
      engine.create(spec);
    } catch (EngineException e) {
      if (e.kind() != EngineException.Kind.CONFLICT) {
        throw e;
      }
      engine.remove(spec.name());
      engine.create(spec);
    }
  }

  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
    RunNotes notes = new RunNotes(folder.control());
    ContainerRun.Subject subject = subject(run, folder, limits);
    Optional<dev.millrace.runtime.runner.RunEnd> end = notes.end();
    if (end.isPresent()) {
      return found(ContainerRun.ended(subject, end.get()));
    }
    Optional<Instant> started = notes.startedAt();
    if (started.isEmpty()) {
      // It may have been made, but never started: making it anew replaces it.
      return new Reattach.NeverStarted();
    }
    return found(ContainerRun.follow(subject, started.get(), false));
  }

  private Reattach found(ContainerRun run) {
    watch.add(run);
    return new Reattach.Found(run);
  }

  private ContainerRun.Subject subject(RunRef run, WorkFolder folder, Limits limits) {
    return new ContainerRun.Subject(
        door, settings, clocks, folder, new ContainerRun.Held(ContainerNames.of(run), limits));
  }

  /** Lets go of the containers: they run on, to be found again. */
  @Override
  public void close() {
    watch.close();
  }
}
