package dev.millrace.runtime.process;

import dev.millrace.runtime.resident.Worker;
import dev.millrace.runtime.resident.WorkerLog;
import dev.millrace.runtime.runner.FolderRemoval;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.fleet.MemoryMib;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A worker that is a child process, with all that it starts. */
final class ProcessWorker implements Worker, Watched {
  /** Stands where a run's wrapper would: a worker has none. */
  private static final int NO_WRAPPER = -1;

  private static final int ROUNDS_MAX = 1_000;

  private final Subject subject;
  private final Process child;
  private final Consumer<ProcessWorker> gone;
  private final FunctionProcesses processes;
  private final int session;
  private final ReentrantLock ending = new ReentrantLock();
  private final DiskUse disk;
  private volatile List<Path> written;
  private volatile boolean outOfMemory;
  private volatile boolean outOfDisk;
  private volatile RunEnd.@Nullable Ending end;

  /** What is known of a worker. */
  record Subject(
      Path folder, WorkerLog log, MemoryMib memory, String mark, ProcessSettings settings) {}

  /**
   * @param gone told when nothing of it is left
   */
  ProcessWorker(Subject subject, ProcFs proc, Process child, Consumer<ProcessWorker> gone) {
    this.subject = subject;
    this.child = child;
    this.gone = gone;
    this.session = (int) child.pid();
    long since = proc.find(session).map(ProcEntry::startTicks).orElse(0L);
    this.processes = processes(proc, subject.mark(), since);
    this.disk = new DiskUse(proc, subject.settings().outputBytesMax());
    this.written = List.of(subject.folder().resolve("tmp"));
  }

  private static FunctionProcesses processes(ProcFs proc, String mark, long since) {
    return new FunctionProcesses(
        proc, new ProcEntry(NO_WRAPPER, 'X', NO_WRAPPER, NO_WRAPPER, since), mark);
  }

  /** Kills every process that carries that mark. */
  static void endAll(ProcFs proc, String mark) throws IOException, InterruptedException {
    killAll(processes(proc, mark, 0), Optional.empty());
  }

  private static void killAll(FunctionProcesses processes, Optional<Integer> session)
      throws IOException, InterruptedException {
    List<ProcEntry> left = processes.living(session);
    for (int i = 0; i < ROUNDS_MAX && !left.isEmpty(); i++) {
      processes.signal(left, true);
      left = processes.living(session);
    }
  }

  @Override
  public WorkerLog log() {
    return subject.log();
  }

  /** A process sees the whole host: the job's folders stay where they are. */
  @Override
  public FunctionPaths enter(WorkFolder folder) {
    written = List.of(tmp(), folder.output(), folder.tmp());
    return new FunctionPaths(
        folder.input().toString(),
        folder.output().toString(),
        folder.tmp().toString(),
        subject.folder().resolve("function").toString());
  }

  /** Watched with its memory, with a job and without: over the limit it is ended. */
  @Override
  public Optional<String> tooMuch() {
    return Optional.empty();
  }

  @Override
  public boolean leave(WorkFolder folder) {
    // They were never moved, and it may read no less than this process.
    written = idle();
    return true;
  }

  @Override
  public boolean ended() {
    return end != null;
  }

  @Override
  public void check(List<ProcEntry> table) {
    if (spent()) {
      return;
    }
    outOfMemory |= processes.resident(table, session) > subject.memory().value() * 1024 * 1024;
    outOfDisk |= wroteTooMuch(table);
    if (spent()) {
      // With what it started, which may hold its pipes open: it falls silent then.
      Thread.ofVirtual().name("end " + subject.mark()).start(this::endOverLimit);
    }
  }

  /** What it has written without a job, log included, is in nobody's way any more. */
  private void endOverLimit() {
    boolean idle = written.equals(idle());
    end(false);
    if (idle) {
      discard();
    }
  }

  private List<Path> idle() {
    return List.of(subject.folder());
  }

  @Override
  public boolean spent() {
    return outOfMemory || outOfDisk || ended();
  }

  private Path tmp() {
    return subject.folder().resolve("tmp");
  }

  private boolean wroteTooMuch(List<ProcEntry> table) {
    try {
      return disk.over(written, processes.pids(table, session));
    } catch (IOException e) {
      // The job's folder goes when the job is over.
      return false;
    }
  }

  @Override
  public RunEnd.Ending end(boolean gently) {
    ending.lock();
    try {
      RunEnd.Ending known = end;
      if (known == null) {
        known = endNow(gently);
        end = known;
        gone.accept(this);
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      child.destroyForcibly();
      return new RunEnd.Exited(137);
    } finally {
      ending.unlock();
    }
  }

  private RunEnd.Ending endNow(boolean gently) throws IOException, InterruptedException {
    // One that has ended by itself is about to be reaped: its own exit code counts, not the kill's.
    Duration patience = gently ? subject.settings().grace() : Duration.ofMillis(20);
    boolean byItself = child.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
    killAll(processes, Optional.of(session));
    child.waitFor();
    closeInput();
    if (outOfMemory) {
      return new RunEnd.OutOfMemory();
    }
    if (outOfDisk) {
      return new RunEnd.OutOfDisk(DiskUse.reason(subject.settings().outputBytesMax()));
    }
    return new RunEnd.Exited(byItself ? child.exitValue() : 137);
  }

  /** What it did not read goes with it. */
  private void closeInput() {
    try {
      child.getOutputStream().close();
    } catch (IOException e) {
      return;
    }
  }

  @Override
  public void discard() {
    try {
      subject.log().close();
      FolderRemoval.remove(subject.folder());
    } catch (IOException e) {
      // The next start of the provider removes it.
      return;
    }
  }
}
