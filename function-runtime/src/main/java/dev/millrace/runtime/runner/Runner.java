package dev.millrace.runtime.runner;

import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.SliceGrant;
import java.util.List;

/** Executes functions. Safe for many threads. */
public interface Runner extends AutoCloseable {
  /** What it is. */
  RunnerKind kind();

  /** How long what it starts may last. */
  Lasting lasting();

  /** Where a function that works in that folder finds things. */
  FunctionPaths paths(WorkFolder folder);

  /**
   * Whether it has a function's files brought to the run's folder itself, where it needs them: what
   * is kept of an earlier job has its own.
   */
  default boolean placesFiles() {
    return false;
  }

  /** Starts a function; it outlives the process that started it where the runner can. */
  Start start(RunPlan plan) throws InterruptedException;

  /**
   * Finds what was started for a run, after a restart of this process. A function that was about to
   * be started and is not found will never start.
   */
  Reattach reattach(RunRef run, WorkFolder folder, Limits limits);

  /**
   * The same, for a run that has a share of devices: a runner that counts them counts it.
   *
   * @param slices as they were in its plan
   */
  default Reattach reattach(RunRef run, WorkFolder folder, Limits limits, List<SliceGrant> slices) {
    return reattach(run, folder, limits);
  }

  /** Lets go of what it watches; what runs goes on, to be found again. */
  @Override
  void close();

  /** The outcome of starting. */
  sealed interface Start {
    /** It runs. */
    record Started(RunningFunction function) implements Start {}

    /**
     * It does not, and nothing of it is left.
     *
     * @param reason for people: the thing, and what to do
     * @param retryable whether another try can help
     */
    record NotStarted(String reason, boolean retryable) implements Start {}
  }

  /** The outcome of looking for a run. */
  sealed interface Reattach {
    /** It was started: running, or ended meanwhile. */
    record Found(RunningFunction function) implements Reattach {}

    /** It never was, and now never will be by the earlier call. */
    record NeverStarted() implements Reattach {}
  }
}
