package dev.millrace.runtime.process;

import dev.millrace.schema.id.ProviderId;
import java.time.Duration;

/**
 * How the process runner works.
 *
 * @param provider named in refusals
 * @param allowed which functions it takes
 * @param grace from asking a function to end to killing it
 * @param watchInterval between two looks at memory and time
 */
public record ProcessSettings(
    ProviderId provider, Allowed allowed, Duration grace, Duration watchInterval) {
  public ProcessSettings {
    if (grace.isNegative() || watchInterval.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "grace must be 0 or more and watchInterval at least 1 ms: "
              + grace
              + ", "
              + watchInterval);
    }
  }

  /** Two seconds of grace, a look every 200 ms. */
  public static ProcessSettings of(ProviderId provider, Allowed allowed) {
    return new ProcessSettings(provider, allowed, Duration.ofSeconds(2), Duration.ofMillis(200));
  }
}
