package dev.millrace.orch.order;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;

/**
 * Where things lie: orders and function files in the intermediate bucket, a run's files in the
 * bucket of its function's first output.
 *
 * @param orders the intermediate bucket
 */
public record Places(StoreId store, String orders) {
  /** Whether this is the intermediate bucket, which is nobody's input or output. */
  public boolean intermediate(StoreId in, String bucket) {
    return in.equals(store) && bucket.equals(orders);
  }

  /** Where an attempt's order is staged. */
  public ObjectName order(PoolId pool, AttemptId attempt) {
    return new ObjectName(
        store, orders, "orders/" + pool + "/" + attempt.job() + "-" + attempt.number());
  }

  /** Where a file that ships with functions is kept. */
  public ObjectName file(String sha256) {
    return new ObjectName(store, orders, ".millrace/files/" + sha256);
  }

  /** A key of a run's own, in the bucket of its function's first output. */
  public ObjectName ofRun(DeployedFunction function, String key) {
    if (function.spec().outputs().isEmpty()) {
      return new ObjectName(store, orders, key);
    }
    OutputRule first = function.spec().outputs().getFirst();
    return new ObjectName(first.store(), first.bucket(), key);
  }
}
