package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/** What became of the search for room. */
sealed interface Placement {
  /** Room was found and is now taken. */
  record Placed(List<Slice> slices, ProviderId provider, PoolId pool) implements Placement {}

  /** It fits what the pools can have, only not now. */
  record WaitForRoom(String shortBy) implements Placement {}

  /** Nothing known is large enough, even when idle. */
  record NeverFits(String reason) implements Placement {}
}
