package dev.millrace.schema.function;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a function's jobs are treated.
 *
 * @param timeout of one run
 * @param priority higher goes first; -100 to 100, 0 by default
 * @param deadline from admission to result; null for none
 * @param runner what executes it
 * @param warm runs kept alive between jobs, 0 or more
 * @param replicas runs of one attempt whose results must agree, 1 or more
 * @param resident whether what is started is a worker that is given one job after another
 */
public record Rules(
    Duration timeout,
    RetryRule retry,
    int priority,
    @Nullable Duration deadline,
    Network network,
    RunnerKind runner,
    Staging staging,
    Publication publication,
    int warm,
    int replicas,
    boolean resident) {
  public Rules {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout must be more than 0: " + timeout);
    }
    if (priority < -100 || priority > 100) {
      throw new IllegalArgumentException("priority must be -100..100: " + priority);
    }
  }

  /** Five minutes, three tries, no network, in a container. */
  public static Rules defaults() {
    return new Rules(
        Duration.ofMinutes(5),
        RetryRule.DEFAULT,
        0,
        null,
        Network.NONE,
        RunnerKind.DOCKER,
        Staging.REFERENCE,
        Publication.FENCED,
        0,
        1,
        false);
  }

  /** The same on another runner. */
  public Rules on(RunnerKind other) {
    return new Rules(
        timeout,
        retry,
        priority,
        deadline,
        network,
        other,
        staging,
        publication,
        warm,
        replicas,
        resident);
  }
}
