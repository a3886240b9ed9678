package dev.millrace.orch.journal;

import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.object.StoreId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs to list, newest first.
 *
 * @param states empty for all
 * @param function null for all
 * @param input which objects' jobs; null for all
 * @param before only jobs with a smaller id, for the next page; null for the first
 * @param max rows, 1 to 1,000
 */
public record JobFilter(
    Set<JobState> states,
    @Nullable FunctionName function,
    @Nullable Input input,
    @Nullable JobId before,
    int max) {
  /**
   * Where inputs lie.
   *
   * @param key null for the whole bucket
   */
  public record Input(StoreId store, String bucket, @Nullable String key) {}

  /** Whatever the input. */
  public JobFilter(
      Set<JobState> states, @Nullable FunctionName function, @Nullable JobId before, int max) {
    this(states, function, null, before, max);
  }

  public JobFilter {
    states = Set.copyOf(states);
    if (max < 1 || max > 1000) {
      throw new IllegalArgumentException("rows must be 1..1000: " + max);
    }
  }
}
