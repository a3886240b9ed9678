package dev.millrace.runtime.runner;

import dev.millrace.schema.function.DeployedFunction;

/**
 * What of a run may be kept for the function's next job.
 *
 * @param revision of the function: nothing is used for another one
 * @param most how many of them are kept at the same time, 0 for none
 * @param resident whether what is started is a worker that is given one job after another
 */
public record Keep(int revision, int most, boolean resident) {
  /** Nothing. */
  public static final Keep NOTHING = new Keep(0, 0, false);

  public Keep {
    if (most < 0 || resident && most < 1) {
      throw new IllegalArgumentException("a worker must be kept, and no less than 0: " + most);
    }
  }

  /** As a function's rules say: of a worker at least one is kept. */
  public static Keep of(DeployedFunction function) {
    boolean resident = function.spec().rules().resident();
    int warm = function.spec().rules().warm();
    return new Keep(function.revision(), resident ? Math.max(1, warm) : warm, resident);
  }
}
