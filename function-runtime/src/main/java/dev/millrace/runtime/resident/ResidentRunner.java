package dev.millrace.runtime.resident;

import dev.millrace.runtime.kept.DeviceRoom;
import dev.millrace.runtime.kept.KeptKey;
import dev.millrace.runtime.kept.Shelf;
import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.RunningFunction;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A runner that has the jobs of functions which ask for it done by workers, and leaves the others
 * to the runner in it. A worker is used again for jobs of the same key alone. Workers do not
 * survive this process: a job that one had is lost then, and not done twice by this runner.
 */
public final class ResidentRunner implements Runner {
  private final Runner inner;
  private final WorkerHost host;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Shelf<Conversation> idle;
  private final Map<RunId, ResidentRun> running = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Time, passed in, and how long a worker stays that has no job. */
  public record Times(InstantSource clock, Ticker ticker, Duration idleMax) {}

  /** Whoever closes this closes both runner and host. */
  public ResidentRunner(Runner inner, WorkerHost host, Times times) {
    this.inner = inner;
    this.host = host;
    this.clock = times.clock();
    this.ticker = times.ticker();
    this.idle = new Shelf<>(ResidentRunner::dismiss, times.idleMax(), ticker);
  }

  private static void dismiss(Conversation conversation) {
    conversation.bye();
    conversation.worker().end(true);
    conversation.worker().discard();
  }

  /** The workers that have no job. */
  public DeviceRoom.Idle idle() {
    return idle;
  }

  @Override
  public RunnerKind kind() {
    return inner.kind();
  }

  @Override
  public Lasting lasting() {
    return inner.lasting();
  }

  @Override
  public FunctionPaths paths(WorkFolder folder) {
    return inner.paths(folder);
  }

  /** A worker that is there has its own copies. */
  @Override
  public boolean placesFiles() {
    return true;
  }

  @Override
  public Start start(RunPlan plan) throws InterruptedException {
    try {
      if (!host.takes(plan)) {
        Optional<String> missing = plan.files().place();
        return missing.isPresent() ? new Start.NotStarted(missing.get(), true) : inner.start(plan);
      }
      plan.folder().createOwn();
      Ticket.waiting().write(plan.folder());
      KeptKey key = KeptKey.of(plan);
      Optional<Conversation> known = takeIdle(key);
      if (known.isPresent()) {
        return begin(plan, key, known.get(), false);
      }
      return launch(plan, key);
    } catch (IOException e) {
      return new Start.NotStarted("the job's folder cannot be used: " + e, true);
    }
  }

  private Start launch(RunPlan plan, KeptKey key) throws IOException, InterruptedException {
    Optional<String> missing = plan.files().place();
    WorkerHost.Launch launch =
        missing.isPresent()
            ? new WorkerHost.Launch.NotLaunched(missing.get(), true)
            : host.launch(plan);
    return switch (launch) {
      case WorkerHost.Launch.Launched(Conversation conversation) ->
          begin(plan, key, conversation, true);
      case WorkerHost.Launch.LeftAlone() -> {
        Ticket.remove(plan.folder());
        yield inner.start(plan);
      }
      case WorkerHost.Launch.NotLaunched(String reason, boolean retryable) -> {
        Ticket.remove(plan.folder());
        yield new Start.NotStarted(reason, retryable);
      }
    };
  }

  /** One that said something without a job, its end for instance, is no longer of use. */
  private Optional<Conversation> takeIdle(KeptKey key) {
    Optional<Conversation> found = idle.take(key);
    while (found.isPresent() && (found.get().worker().spent() || found.get().chatters())) {
      found.get().worker().end(false);
      found.get().worker().discard();
      found = idle.take(key);
    }
    return found;
  }

  private Start begin(RunPlan plan, KeptKey key, Conversation conversation, boolean fresh) {
    ResidentRun run = new ResidentRun(plan, conversation, clock, ticker);
    running.put(plan.run().run(), run);
    if (closed) {
      run.abandon();
    }
    Thread.ofVirtual()
        .name("worker's job " + plan.run().run())
        .start(() -> execute(plan, key, run, conversation, fresh));
    return new Start.Started(run);
  }

  private void execute(
      RunPlan plan, KeptKey key, ResidentRun run, Conversation conversation, boolean fresh) {
    try {
      run.execute(
          fresh,
          left -> {
            running.remove(plan.run().run());
            switch (left) {
              case KEPT -> idle.put(key, conversation, plan.keep().most());
              case GONE -> conversation.worker().discard();
            }
          });
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; what it leaves is found by the job's ticket.
      conversation.worker().end(false);
      conversation.worker().discard();
      Thread.currentThread().interrupt();
    } finally {
      running.remove(plan.run().run());
    }
  }

  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
    ResidentRun live = running.get(run.run());
    if (live != null) {
      return new Reattach.Found(live);
    }
    try {
      Optional<Ticket> ticket = Ticket.read(folder);
      if (ticket.isEmpty()) {
        return inner.reattach(run, folder, limits);
      }
      if (ticket.get().state() == Ticket.State.WAITING) {
        Ticket.remove(folder);
        return new Reattach.NeverStarted();
      }
      return new Reattach.Found(new Ended(ticket.get().end()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A job of an earlier process: its worker is gone. */
  private record Ended(RunEnd end) implements RunningFunction {
    @Override
    public byte[] printed(long from, int most) {
      return new byte[0];
    }

    @Override
    public Optional<RunEnd> await(Duration longest) {
      return Optional.of(end);
    }

    @Override
    public void stop() {
      // It has ended.
    }
  }

  /** Ends all workers; a job that one has is lost. */
  @Override
  public void close() {
    closed = true;
    running.values().forEach(ResidentRun::abandon);
    idle.close();
    host.close();
    inner.close();
  }
}
