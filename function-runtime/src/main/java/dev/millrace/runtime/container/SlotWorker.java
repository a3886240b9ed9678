package dev.millrace.runtime.container;

import dev.millrace.runtime.resident.Worker;
import dev.millrace.runtime.resident.WorkerLog;
import dev.millrace.runtime.runner.FolderSize;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.WorkFolder;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A container that is kept between jobs. */
final class SlotWorker implements Worker {
  private static final System.Logger LOG = System.getLogger(SlotWorker.class.getName());
  private static final int KILLED = 137;

  private final Subject subject;
  private final Consumer<SlotWorker> gone;
  private final CountDownLatch exited = new CountDownLatch(1);
  private final ReentrantLock ending = new ReentrantLock();
  private volatile boolean outOfMemory;
  private volatile RunEnd.@Nullable Ending end;

  /** What belongs to it. */
  record Subject(Engine engine, String container, SlotFolder folder, WorkerLog log, Owner owner) {}

  /**
   * What it shares with others.
   *
   * @param pipes held for as long as the container shall live
   * @param resident whether the function's own process lives on between jobs
   * @param closing whether the provider closes, and waits for no engine any more
   */
  record Owner(
      DockerSettings settings,
      ContainerUser user,
      NamedPipes pipes,
      boolean resident,
      BooleanSupplier closing) {}

  /**
   * @param gone told when its files are removed: nothing of it is used any more
   */
  SlotWorker(Subject subject, Consumer<SlotWorker> gone) {
    this.subject = subject;
    this.gone = gone;
    Thread.ofVirtual().name("kept " + subject.container()).start(this::follow);
  }

  private void follow() {
    try {
      subject.engine().await(subject.container());
    } catch (EngineException e) {
      // Without its engine nobody knows of it: it is used no more.
      LOG.log(Level.DEBUG, "kept container {0}: {1}", subject.container(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exited.countDown();
      subject.owner().pipes().ended();
    }
  }

  /** Whether its container runs, as far as is known. */
  boolean runs() {
    return exited.getCount() > 0;
  }

  /** Whether the engine did not say that it is removed. */
  boolean lost() {
    return end instanceof RunEnd.Lost;
  }

  String container() {
    return subject.container();
  }

  Engine engine() {
    return subject.engine();
  }

  SlotFolder folder() {
    return subject.folder();
  }

  /** The kernel has killed something of the job for memory: that is how it has ended. */
  void ranOutOfMemory() {
    outOfMemory = true;
  }

  @Override
  public WorkerLog log() {
    return subject.log();
  }

  @Override
  public FunctionPaths enter(WorkFolder folder) throws IOException {
    subject.folder().enter(folder, subject.owner().user());
    return ContainerMaker.PATHS;
  }

  @Override
  public Optional<String> tooMuch() throws IOException {
    return FolderSize.tooMuch(
        subject.folder().output(),
        subject.owner().settings().room().outputBytesMax(),
        DockerSettings.OUTPUT_MAX);
  }

  @Override
  public boolean leave(WorkFolder folder) throws IOException {
    subject.folder().leave(folder);
    return !subject.owner().resident() || !SlotFolder.holdsFolder(folder.output());
  }

  @Override
  public RunEnd.Ending end(boolean gently) {
    ending.lock();
    try {
      RunEnd.Ending known = end;
      if (known == null) {
        known = endNow(gently);
        end = known;
      }
      return known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new RunEnd.Exited(KILLED);
    } finally {
      ending.unlock();
    }
  }

  private RunEnd.Ending endNow(boolean gently) throws InterruptedException {
    Duration grace = gently ? subject.owner().settings().pace().grace() : Duration.ofMillis(20);
    boolean byItself = exited.await(grace.toNanos(), TimeUnit.NANOSECONDS);
    subject.owner().pipes().close();
    while (true) {
      try {
        return removed(byItself);
      } catch (EngineException e) {
        LOG.log(Level.WARNING, "kept container {0} stays: {1}", container(), e.getMessage());
        if (subject.owner().closing().getAsBoolean()) {
          // It ends by itself, since its pipe is closed; the next sweep takes it away.
          return new RunEnd.Lost("the engine did not answer: " + e.getMessage());
        }
      }
      // What nobody has seen end may still hold the job's devices.
      TimeUnit.NANOSECONDS.sleep(subject.owner().settings().pace().afterFailure().toNanos());
    }
  }

  private RunEnd.Ending removed(boolean byItself) throws EngineException, InterruptedException {
    Optional<ContainerState> state =
        byItself ? subject.engine().inspect(container()) : Optional.empty();
    subject.engine().remove(container());
    if (outOfMemory || state.filter(s -> s.outOfMemory() && s.exitCode() != 0).isPresent()) {
      return new RunEnd.OutOfMemory();
    }
    return new RunEnd.Exited(state.map(ContainerState::exitCode).orElse(KILLED));
  }

  @Override
  public void discard() {
    try {
      subject.log().close();
      subject.folder().remove();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "left for the next start of the provider: {0}", e.toString());
    } finally {
      gone.accept(this);
    }
  }
}
