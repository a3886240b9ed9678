package dev.millrace.runtime.kept;

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
import dev.millrace.schema.run.SliceGrant;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A runner whose runs make room on their devices before they start. */
public final class RoomyRunner implements Runner {
  private final Runner inner;
  private final DeviceRoom room;

  /** Whoever closes this closes the runner in it. */
  public RoomyRunner(Runner inner, DeviceRoom room) {
    this.inner = inner;
    this.room = room;
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

  @Override
  public boolean placesFiles() {
    return inner.placesFiles();
  }

  @Override
  public Start start(RunPlan plan) throws InterruptedException {
    RunId run = plan.run().run();
    room.enter(plan);
    boolean started = false;
    try {
      Start start = inner.start(plan);
      if (start instanceof Start.Started(RunningFunction function)) {
        started = true;
        return new Start.Started(new Counted(function, run));
      }
      return start;
    } finally {
      if (!started) {
        room.leave(run);
      }
    }
  }

  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
    return reattach(run, folder, limits, List.of());
  }

  /** What an earlier process started has its devices' memory still. */
  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits, List<SliceGrant> slices) {
    if (inner.reattach(run, folder, limits, slices)
        instanceof Reattach.Found(RunningFunction function)) {
      room.found(run.run(), slices);
      return new Reattach.Found(new Counted(function, run.run()));
    }
    return new Reattach.NeverStarted();
  }

  @Override
  public void close() {
    inner.close();
  }

  private final class Counted implements RunningFunction {
    private final RunningFunction function;
    private final RunId run;

    Counted(RunningFunction function, RunId run) {
      this.function = function;
      this.run = run;
    }

    @Override
    public Optional<RunEnd> await(Duration longest) throws InterruptedException {
      Optional<RunEnd> end = function.await(longest);
      if (end.isPresent()) {
        room.leave(run);
      }
      return end;
    }

    @Override
    public void stop() {
      function.stop();
    }

    @Override
    public byte[] printed(long from, int most) throws IOException {
      return function.printed(from, most);
    }
  }
}
