package dev.millrace.orch.journal;

import dev.millrace.schema.object.StoreId;
import java.time.Instant;
import java.util.Set;

/**
 * From when on a function's objects are jobs, by the store's own clock.
 *
 * @param second objects of an earlier second are none
 * @param keys of that very second that were there before the deploy
 */
public record StartMark(StoreId store, String bucket, Instant second, Set<String> keys) {
  public StartMark {
    keys = Set.copyOf(keys);
  }
}
