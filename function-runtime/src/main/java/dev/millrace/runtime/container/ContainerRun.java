package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.FolderSize;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.run.Limits;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One container, started here or found again. A virtual thread waits for its end, keeps the log and
 * the end, tells, and takes the container away.
 */
final class ContainerRun implements RunningFunction {
  private static final System.Logger LOG = System.getLogger(ContainerRun.class.getName());
  private static final int REMOVALS = 5;

  private final Subject subject;
  private final RunNotes notes;
  private final LiveOutput output;
  private final Instant startedAt;
  private final long startedNanos;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicReference<@Nullable RunEnd> end = new AtomicReference<>();
  private final AtomicReference<String> overDisk = new AtomicReference<>("");
  private volatile Optional<Thread> follower = Optional.empty();
  private volatile boolean left;

  /** What is known of a run, and whom it works with. */
  record Subject(
      EngineDoor door,
      DockerSettings settings,
      DockerRunner.Clocks clocks,
      WorkFolder folder,
      Held held) {}

  /**
   * What is held to what.
   *
   * @param container its name
   */
  record Held(String container, Limits limits) {}

  private ContainerRun(Subject subject, Instant startedAt) {
    this.subject = subject;
    this.notes = new RunNotes(subject.folder().control());
    this.startedAt = startedAt;
    this.output =
        new LiveOutput(
            subject.door(), container(), subject.held().limits().logMaxBytes(), subject.clocks());
    Duration ran = Duration.between(startedAt, subject.clocks().wall().instant());
    this.startedNanos = subject.clocks().ticker().nanos() - (ran.isNegative() ? 0 : ran.toNanos());
  }

  /**
   * Follows a container.
   *
   * @param sure that it runs; otherwise it is looked at first
   */
  static ContainerRun follow(Subject subject, Instant startedAt, boolean sure) {
    ContainerRun run = new ContainerRun(subject, startedAt);
    run.follower =
        Optional.of(
            Thread.ofVirtual()
                .name("container " + subject.held().container())
                .start(() -> run.follow(sure)));
    return run;
  }

  /** One whose end was kept; its container may still be there. */
  static ContainerRun ended(Subject subject, RunEnd end) {
    ContainerRun run = new ContainerRun(subject, end.startedAt());
    run.end.set(end);
    run.done.countDown();
    run.follower =
        Optional.of(
            Thread.ofVirtual()
                .name("container " + subject.held().container())
                .start(run::removeAtLast));
    return run;
  }

  @Override
  public Optional<RunEnd> await(Duration longest) throws InterruptedException {
    return done.await(longest.toNanos(), TimeUnit.NANOSECONDS)
        ? Optional.ofNullable(end.get())
        : Optional.empty();
  }

  @Override
  public void stop() {
    stop(StopCause.ASKED);
  }

  @Override
  public byte[] printed(long from, int most) {
    return output.read(from, most, !over());
  }

  /** Whether nothing is left to watch. */
  boolean over() {
    return done.getCount() == 0;
  }

  /** Whether nothing works on it any more. */
  boolean finished() {
    return over() && follower.filter(Thread::isAlive).isEmpty();
  }

  /** Stops it when it is over its limits. */
  void check() throws IOException {
    if (over()) {
      return;
    }
    output.rest();
    long ran = subject.clocks().ticker().nanos() - startedNanos;
    Optional<String> tooMuch =
        FolderSize.tooMuch(
            subject.folder().output(),
            subject.settings().room().outputBytesMax(),
            DockerSettings.OUTPUT_MAX);
    if (tooMuch.isPresent()) {
      overDisk.set(tooMuch.get());
      stop(StopCause.OUT_OF_DISK);
    } else if (ran > subject.held().limits().timeout().toNanos()) {
      stop(StopCause.TIMED_OUT);
    }
  }

  private void stop(StopCause cause) {
    if (!over() && stopping.compareAndSet(false, true)) {
      Thread.ofVirtual().name("stop " + container()).start(() -> endContainer(cause));
    }
  }

  private void endContainer(StopCause cause) {
    try {
      if (notes.stopped().isEmpty()) {
        notes.stopped(cause);
      }
      Engine engine = subject.door().engine();
      if (cause == StopCause.OUT_OF_DISK) {
        engine.kill(container());
      } else {
        engine.stop(container(), subject.settings().pace().grace());
      }
    } catch (IOException e) {
      // Whoever asked asks again.
      stopping.set(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String container() {
    return subject.held().container();
  }

  /** Lets go of it: it runs on. */
  void leave() {
    left = true;
    output.close();
    if (!over()) {
      follower.ifPresent(Thread::interrupt);
    }
  }

  /** Waits until nothing works on it any more. */
  void join() throws InterruptedException {
    if (follower.isPresent()) {
      follower.get().join(Duration.ofSeconds(10));
    }
  }

  private void follow(boolean sure) {
    try {
      boolean known = sure;
      boolean brokeOff = false;
      while (!over()) {
        try {
          Engine engine = subject.door().engine();
          finish(engine, known ? awaited(engine) : looked(engine, brokeOff));
          removeAtLast();
        } catch (EngineException e) {
          LOG.log(Level.WARNING, "container {0} is not heard of: {1}", container(), e.getMessage());
          known = false;
          brokeOff = true;
          TimeUnit.NANOSECONDS.sleep(subject.settings().pace().afterFailure().toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      if (!left && !over()) {
        // Not by its notes: they may be what cannot be read.
        String reason = "this provider's host could not keep how the function ended: " + e;
        Instant now = subject.clocks().wall().instant();
        end.set(new RunEnd(new RunEnd.Lost(reason), startedAt, now));
        done.countDown();
        removeAtLast();
      }
    }
  }

  /** The usual way: it runs, and tells its exit code. */
  private RunEnd awaited(Engine engine) throws IOException, InterruptedException {
    int code;
    try {
      code = engine.await(container());
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.NOT_FOUND) {
        return lost(gone());
      }
      throw e;
    }
    Instant now = subject.clocks().wall().instant();
    if (code == 0) {
      return new RunEnd(ending(code, false, startedAt, now), startedAt, now);
    }
    // Only the engine knows whether it was the kernel, for memory.
    return engine
        .inspect(container())
        .filter(state -> state.phase() != ContainerState.Phase.GOING)
        .map(state -> new RunEnd(ending(code, state.outOfMemory(), startedAt, now), startedAt, now))
        .orElseGet(() -> lost(gone()));
  }

  /** After a restart of this process or of the engine. */
  private RunEnd looked(Engine engine, boolean brokeOff) throws IOException, InterruptedException {
    Optional<ContainerState> found = engine.inspect(container());
    if (found.isEmpty()) {
      return lost(gone());
    }
    ContainerState state = found.get();
    return switch (state.phase()) {
      case RUNNING -> awaited(engine);
      case GOING -> lost(gone());
      case CREATED -> lost("the engine went away before the container started");
      case EXITED -> {
        boolean killed = state.exitCode() == 137 || state.exitCode() == 143;
        if (brokeOff && killed && notes.stopped().isEmpty() && !state.outOfMemory()) {
          yield lost("the Docker Engine went away while the function ran");
        }
        yield new RunEnd(
            ending(state.exitCode(), state.outOfMemory(), state.startedAt(), state.endedAt()),
            state.startedAt(),
            state.endedAt());
      }
    };
  }

  private static String gone() {
    return "the function's container was removed by someone else";
  }

  private RunEnd lost(String reason) {
    RunEnd.Ending ending =
        notes.stopped().filter(StopCause.ASKED::equals).isPresent()
            ? new RunEnd.Stopped()
            : new RunEnd.Lost(reason);
    return new RunEnd(ending, startedAt, subject.clocks().wall().instant());
  }

  private RunEnd.Ending ending(int code, boolean outOfMemory, Instant from, Instant to) {
    Optional<StopCause> stopped = notes.stopped();
    if (stopped.isPresent()) {
      return switch (stopped.get()) {
        case ASKED -> new RunEnd.Stopped();
        case TIMED_OUT -> new RunEnd.TimedOut();
        case OUT_OF_DISK -> new RunEnd.OutOfDisk(overDisk.get());
      };
    }
    if (outOfMemory && code != 0) {
      return new RunEnd.OutOfMemory();
    }
    // Nobody watched when the container's own limit struck.
    return Duration.between(from, to).compareTo(subject.held().limits().timeout()) > 0
        ? new RunEnd.TimedOut()
        : new RunEnd.Exited(code);
  }

  private void finish(Engine engine, RunEnd found) throws IOException, InterruptedException {
    keepLog(engine);
    RunEnd last = found;
    Optional<String> tooMuch =
        FolderSize.tooMuch(
            subject.folder().output(),
            subject.settings().room().outputBytesMax(),
            DockerSettings.OUTPUT_MAX);
    if (tooMuch.isPresent()) {
      last = new RunEnd(new RunEnd.OutOfDisk(tooMuch.get()), found.startedAt(), found.endedAt());
      note(tooMuch.get());
    }
    notes.end(last);
    end.set(last);
    done.countDown();
  }

  /** A log that cannot be kept does not take the result away. */
  private void keepLog(Engine engine) throws EngineException, InterruptedException {
    try {
      KeptOutput.keep(
          engine, container(), subject.folder().log(), subject.held().limits().logMaxBytes());
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.UNREACHABLE) {
        throw e;
      }
      LOG.log(Level.WARNING, "the log of {0} is lost: {1}", container(), e.getMessage());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the log of {0} is lost: {1}", container(), e.toString());
    }
  }

  private void note(String line) throws IOException {
    Files.writeString(
        subject.folder().log(),
        "millrace: " + line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** What stays after all tries is found by the next sweep. */
  private void removeAtLast() {
    try {
      for (int failed = 0; failed < REMOVALS && !left; failed++) {
        try {
          subject.door().engine().remove(container());
          return;
        } catch (EngineException e) {
          TimeUnit.NANOSECONDS.sleep(subject.settings().pace().afterFailure().toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
