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
 * @param outputBytesMax that a run may have in its folders
 */
public record ProcessSettings(
    ProviderId provider,
    Allowed allowed,
    Duration grace,
    Duration watchInterval,
    long outputBytesMax) {
  /** 10 GiB. */
  public static final long OUTPUT_BYTES_MAX = 10L << 30;

  public ProcessSettings {
    if (grace.isNegative() || watchInterval.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "grace must be 0 or more and watchInterval at least 1 ms: "
              + grace
              + ", "
              + watchInterval);
    }
    if (outputBytesMax < 1) {
      throw new IllegalArgumentException("outputBytesMax must be more than 0: " + outputBytesMax);
    }
  }

  /** Two seconds of grace, a look every 200 ms, 10 GiB. */
  public static ProcessSettings of(ProviderId provider, Allowed allowed) {
    return of(provider, allowed, OUTPUT_BYTES_MAX);
  }

  /** The same with another limit of what a run may write. */
  public static ProcessSettings of(ProviderId provider, Allowed allowed, long outputBytesMax) {
    return new ProcessSettings(
        provider, allowed, Duration.ofSeconds(2), Duration.ofMillis(200), outputBytesMax);
  }
}
