package dev.millrace.hosted.run;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import java.time.Duration;

/**
 * A runner on a host that ends after a fixed time, whoever renews. A function that may need longer
 * is not begun: its run would be cut off without a word.
 */
final class FixedRunner implements Runner {
  private final Runner runner;
  private final Duration limit;

  FixedRunner(Runner runner, Duration limit) {
    this.runner = runner;
    this.limit = limit;
  }

  @Override
  public RunnerKind kind() {
    return runner.kind();
  }

  @Override
  public Lasting lasting() {
    return new Lasting.Fixed(limit);
  }

  @Override
  public FunctionPaths paths(WorkFolder folder) {
    return runner.paths(folder);
  }

  @Override
  public Start start(RunPlan plan) throws InterruptedException {
    Duration timeout = plan.limits().timeout();
    if (timeout.compareTo(limit) > 0) {
      return new Start.NotStarted(
          "the function's timeout is %d s, and this host ends after %d s: lower the timeout, or place it elsewhere"
              .formatted(timeout.toSeconds(), limit.toSeconds()),
          false);
    }
    return runner.start(plan);
  }

  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
    return runner.reattach(run, folder, limits);
  }

  @Override
  public void close() {
    runner.close();
  }
}
