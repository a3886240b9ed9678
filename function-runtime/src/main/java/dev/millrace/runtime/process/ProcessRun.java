package dev.millrace.runtime.process;

import dev.millrace.runtime.process.Spawner.Spawned;
import dev.millrace.runtime.runner.FolderSize;
import dev.millrace.runtime.runner.LogPart;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.run.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One function and its wrapper, started here or found again. */
final class ProcessRun implements RunningFunction, Watched {
  private static final Duration LOG_FLUSH = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 50;

  /** A file's time is that of the kernel's last tick: 250 of them a second, mostly. */
  private static final Duration TICK = Duration.ofMillis(4);

  /** A file that is so far from when it was told of has its time from another clock. */
  private static final Duration CLOCKS_APART = Duration.ofSeconds(1);

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final Control control;
  private final WorkFolder folder;
  private final Limits limits;
  private final String mark;
  private final ProcFs proc;
  private final Duration grace;
  private final long outputBytesMax;
  private final @Nullable Spawned child;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final ReentrantLock finishing = new ReentrantLock();
  private final DiskUse disk;
  private volatile @Nullable RunEnd end;

  /** What is known of a run. */
  record Subject(
      Control control, WorkFolder folder, Limits limits, String mark, ProcessSettings settings) {}

  /**
   * @param child the wrapper where this process started it, null when it was found again
   */
  ProcessRun(Subject subject, ProcFs proc, @Nullable Spawned child) {
    this.control = subject.control();
    this.folder = subject.folder();
    this.limits = subject.limits();
    this.mark = subject.mark();
    this.proc = proc;
    this.grace = subject.settings().grace();
    this.outputBytesMax = subject.settings().outputBytesMax();
    this.disk = new DiskUse(proc, outputBytesMax);
    this.child = child;
  }

  @Override
  public Optional<RunEnd> await(Duration longest) throws InterruptedException {
    long until = System.nanoTime() + longest.toNanos();
    while (true) {
      Optional<RunEnd> ended = look();
      long left = until - System.nanoTime();
      if (ended.isPresent() || left <= 0) {
        return ended;
      }
      pause(left);
    }
  }

  /** Woken by the wrapper's end where that is told; looked for otherwise. */
  private void pause(long nanosMax) throws InterruptedException {
    if (child != null && !child.over() && !child.orphaned()) {
      child.await(shorter(nanosMax, LOOK_AGAIN_MILLIS));
    } else {
      done.await(shorter(nanosMax, LOOK_MILLIS).toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private static Duration shorter(long nanosMax, long millis) {
    return Duration.ofNanos(Math.min(nanosMax, TimeUnit.MILLISECONDS.toNanos(millis)));
  }

  @Override
  public void stop() {
    stop(StopReason.ASKED);
  }

  @Override
  public byte[] printed(long from, int most) throws IOException {
    return LogPart.read(control.head(), from, most);
  }

  @Override
  public boolean ended() {
    return end != null;
  }

  @Override
  public void check(List<ProcEntry> table) {
    Optional<ProcEntry> wrapper = control.wrapper();
    if (ended() || wrapper.isEmpty() || control.exitCode().isPresent()) {
      return;
    }
    Optional<Integer> session = control.session();
    if (session.isPresent()
        && processes(wrapper.get()).resident(table, session.get())
            > limits.memory().value() * 1024 * 1024) {
      stop(StopReason.OUT_OF_MEMORY);
    } else if (proc.ageSeconds(wrapper.get()) * 1000 > limits.timeout().toMillis()) {
      stop(StopReason.TIMED_OUT);
    } else if (session.isPresent() && wroteTooMuch(wrapper.get(), table, session.get())) {
      stop(StopReason.OUT_OF_DISK);
    }
  }

  private boolean wroteTooMuch(ProcEntry wrapper, List<ProcEntry> table, int session) {
    try {
      return disk.over(
          List.of(folder.output(), folder.tmp()), processes(wrapper).pids(table, session));
    } catch (IOException e) {
      // The folder goes when the run is over.
      return false;
    }
  }

  private void stop(StopReason reason) {
    if (ended() || !stopping.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual().name("stop " + mark).start(() -> endProcesses(reason));
  }

  private void endProcesses(StopReason reason) {
    try {
      Optional<ProcEntry> wrapper = awaitWrapper();
      if (wrapper.isEmpty() || control.exitCode().isPresent()) {
        return;
      }
      if (control.stopped().isEmpty()) {
        control.markStopped(reason);
      }
      FunctionProcesses processes = processes(wrapper.get());
      if (reason != StopReason.OUT_OF_MEMORY && reason != StopReason.OUT_OF_DISK) {
        processes.signal(processes.living(control.session()), false);
        done.await(grace.toNanos(), TimeUnit.NANOSECONDS);
      }
      killAll(processes);
    } catch (IOException e) {
      stopping.set(false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The wrapper decides within moments of its start whether it runs. */
  private Optional<ProcEntry> awaitWrapper() throws InterruptedException {
    while (control.wrapper().isEmpty() && child != null && !child.over() && !child.orphaned()) {
      done.await(5, TimeUnit.MILLISECONDS);
    }
    return control.wrapper();
  }

  private void killAll(FunctionProcesses processes) throws IOException, InterruptedException {
    for (int i = 0; i < 1000; i++) {
      List<ProcEntry> left = processes.living(control.session());
      if (left.isEmpty()) {
        return;
      }
      processes.signal(left, true);
      done.await(10, TimeUnit.MILLISECONDS);
    }
  }

  /** The end, when there is one; the first to see it clears up. */
  private Optional<RunEnd> look() throws InterruptedException {
    RunEnd known = end;
    if (known != null) {
      return Optional.of(known);
    }
    if (!over()) {
      return Optional.empty();
    }
    finishing.lockInterruptibly();
    try {
      RunEnd first = end;
      if (first == null) {
        first = finish();
        end = first;
        done.countDown();
      }
      return Optional.of(first);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      finishing.unlock();
    }
  }

  private boolean over() {
    if (child != null && child.over()) {
      return true;
    }
    if (child != null && !child.orphaned()) {
      return control.exitCode().isPresent() || control.wrapper().filter(this::gone).isPresent();
    }
    // Nobody starts it any more that has not been started.
    return control.exitCode().isPresent()
        || control.wrapper().map(this::gone).orElseGet(control::forbid);
  }

  private boolean gone(ProcEntry wrapper) {
    return !sameBoot() || !proc.runs(wrapper);
  }

  private boolean sameBoot() {
    return control.bootId().equals(proc.bootId());
  }

  private RunEnd finish() throws IOException, InterruptedException {
    // What the wrapper's end has told before anything is killed for its sake.
    Optional<Integer> code = control.exitCode();
    Optional<ProcEntry> wrapper = control.wrapper();
    if (wrapper.isPresent() && sameBoot()) {
      FunctionProcesses processes = processes(wrapper.get());
      killAll(processes);
      awaitLog(wrapper.get(), processes);
    }
    KeptLog.within(limits.logMaxBytes()).join(control.head(), control.tail(), folder.log());
    Instant started = time(Spawned::started, control.timeOf("go").orElse(Instant.EPOCH));
    Instant ended =
        time(
            Spawned::ended,
            control.timeOf("exit").or(() -> control.timeOf("stopped")).orElse(started));
    return new RunEnd(measured(ending(code, Duration.between(started, ended))), started, ended);
  }

  /**
   * When the wrapper told it, where it was started here and heard in time; else the time of the
   * file that it wrote, which is up to a tick too early.
   */
  private Instant time(Function<Spawned, Optional<Instant>> told, Instant file) {
    return Optional.ofNullable(child)
        .flatMap(told)
        .filter(heard -> Duration.between(file, heard).abs().compareTo(CLOCKS_APART) < 0)
        .map(heard -> heard.isAfter(file.plus(TICK)) ? file.plus(TICK) : heard)
        .orElse(file);
  }

  /** Nobody may have looked between its last bytes and its end. */
  private RunEnd.Ending measured(RunEnd.Ending ending) throws IOException {
    return ending instanceof RunEnd.Exited
            && FolderSize.tooMuch(folder.output(), outputBytesMax, DiskUse.SETTING).isPresent()
        ? new RunEnd.OutOfDisk(DiskUse.reason(outputBytesMax))
        : ending;
  }

  private void awaitLog(ProcEntry wrapper, FunctionProcesses processes)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + LOG_FLUSH.toNanos();
    while (proc.runs(wrapper)) {
      if (System.nanoTime() > until) {
        processes.killWrapper();
        return;
      }
      if (child != null && !child.over()) {
        child.await(Duration.ofMillis(LOOK_MILLIS));
      } else {
        done.await(1, TimeUnit.MILLISECONDS);
      }
    }
  }

  private RunEnd.Ending ending(Optional<Integer> code, Duration ran) {
    if (!sameBoot()) {
      return new RunEnd.Lost("the host restarted while the function ran");
    }
    Optional<StopReason> stopped = control.stopped();
    if (stopped.isPresent()) {
      return switch (stopped.get()) {
        case ASKED -> new RunEnd.Stopped();
        case TIMED_OUT -> new RunEnd.TimedOut();
        case OUT_OF_MEMORY -> new RunEnd.OutOfMemory();
        case OUT_OF_DISK -> new RunEnd.OutOfDisk(DiskUse.reason(outputBytesMax));
      };
    }
    if (code.isEmpty()) {
      return new RunEnd.Lost("the function's wrapper ended without an exit code");
    }
    // Nobody watched when the wrapper's own limit struck.
    return ran.compareTo(limits.timeout()) > 0
        ? new RunEnd.TimedOut()
        : new RunEnd.Exited(code.get());
  }

  private FunctionProcesses processes(ProcEntry wrapper) {
    return new FunctionProcesses(proc, wrapper, mark);
  }
}
