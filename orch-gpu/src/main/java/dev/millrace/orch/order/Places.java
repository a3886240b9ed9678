package dev.millrace.orch.order;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things lie: orders, bundles and function files in the intermediate bucket, a run's files in
 * the bucket of its function's first output.
 *
 * @param orders the intermediate bucket
 */
public record Places(StoreId store, String orders) {
  /** What the keys of all orders begin with. */
  public static final String ORDERS = "orders/";

  /** What the keys of all bundles begin with. */
  public static final String BUNDLES = ".millrace/bundles/";

  private static final String ATTEMPT = "([0-9a-hjkmnp-tv-z]{26})-([1-9][0-9]{0,8})";
  private static final Pattern ORDER = Pattern.compile("orders/[^/]+/" + ATTEMPT);
  private static final Pattern BUNDLE =
      Pattern.compile("\\.millrace/bundles/" + ATTEMPT + "\\.zip");

  /** Whether this is the intermediate bucket, which is nobody's input or output. */
  public boolean intermediate(StoreId in, String bucket) {
    return in.equals(store) && bucket.equals(orders);
  }

  /** Where an attempt's order is staged: what a provider's orders begin with is its own. */
  public ObjectName order(ProviderId provider, AttemptId attempt) {
    return new ObjectName(
        store, orders, ORDERS + provider + "/" + attempt.job() + "-" + attempt.number());
  }

  /** Whose order or bundle lies at this key; empty when it is none. */
  public static Optional<AttemptId> attemptOf(String key) {
    Matcher parts = (key.startsWith(BUNDLES) ? BUNDLE : ORDER).matcher(key);
    return parts.matches()
        ? Optional.of(new AttemptId(new JobId(parts.group(1)), Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }

  /** Where an attempt's bundle lies: no order, so nobody takes it for one. */
  public ObjectName bundle(AttemptId attempt) {
    return new ObjectName(store, orders, BUNDLES + attempt.job() + "-" + attempt.number() + ".zip");
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
