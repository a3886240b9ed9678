package dev.millrace.runtime.process;

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
import org.jspecify.annotations.Nullable;

/** One function and its wrapper, started here or found again. */
final class ProcessRun implements RunningFunction, Watched {
  private static final Duration LOG_FLUSH = Duration.ofSeconds(5);
  private static final long LOOK_MILLIS = 50;

  private final Control control;
  private final WorkFolder folder;
  private final Limits limits;
  private final String mark;
  private final ProcFs proc;
  private final Duration grace;
  private final @Nullable Process child;
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final ReentrantLock finishing = new ReentrantLock();
  private volatile @Nullable RunEnd end;

  /** What is known of a run. */
  record Subject(Control control, WorkFolder folder, Limits limits, String mark) {}

  /**
   * @param child the wrapper where this process started it, null when it was found again
   */
  ProcessRun(Subject subject, ProcFs proc, Duration grace, @Nullable Process child) {
    this.control = subject.control();
    this.folder = subject.folder();
    this.limits = subject.limits();
    this.mark = subject.mark();
    this.proc = proc;
    this.grace = grace;
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
      pause(Math.min(left, TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)));
    }
  }

  private void pause(long nanos) throws InterruptedException {
    if (child != null && child.isAlive()) {
      child.waitFor(nanos, TimeUnit.NANOSECONDS);
    } else {
      done.await(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void stop() {
    stop(StopReason.ASKED);
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
      if (reason != StopReason.OUT_OF_MEMORY) {
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
    while (control.wrapper().isEmpty() && child != null && child.isAlive()) {
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
    boolean over =
        control.exitCode().isPresent()
            || (child != null ? !child.isAlive() : control.wrapper().map(this::gone).orElse(true));
    if (!over) {
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

  private boolean gone(ProcEntry wrapper) {
    return !sameBoot() || !proc.runs(wrapper);
  }

  private boolean sameBoot() {
    return control.bootId().equals(proc.bootId());
  }

  private RunEnd finish() throws IOException, InterruptedException {
    Optional<ProcEntry> wrapper = control.wrapper();
    if (wrapper.isPresent() && sameBoot()) {
      FunctionProcesses processes = processes(wrapper.get());
      killAll(processes);
      awaitLog(wrapper.get(), processes);
    }
    KeptLog.within(limits.logMaxBytes()).join(control.head(), control.tail(), folder.log());
    Instant started = control.timeOf("go").orElse(Instant.EPOCH);
    Instant ended = control.timeOf("exit").or(() -> control.timeOf("stopped")).orElse(started);
    return new RunEnd(ending(Duration.between(started, ended)), started, ended);
  }

  private void awaitLog(ProcEntry wrapper, FunctionProcesses processes)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + LOG_FLUSH.toNanos();
    while (proc.runs(wrapper)) {
      if (System.nanoTime() > until) {
        processes.killWrapper();
        return;
      }
      if (child != null) {
        child.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } else {
        done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private RunEnd.Ending ending(Duration ran) {
    if (!sameBoot()) {
      return new RunEnd.Lost("the host restarted while the function ran");
    }
    Optional<StopReason> stopped = control.stopped();
    if (stopped.isPresent()) {
      return switch (stopped.get()) {
        case ASKED -> new RunEnd.Stopped();
        case TIMED_OUT -> new RunEnd.TimedOut();
        case OUT_OF_MEMORY -> new RunEnd.OutOfMemory();
      };
    }
    Optional<Integer> code = control.exitCode();
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
