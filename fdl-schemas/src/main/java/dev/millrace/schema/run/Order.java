package dev.millrace.schema.run;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is staged for one attempt: JSON, signed by the coordinator as {@code millrace.order.v1}. It
 * names things by reference and holds no secret and no credential.
 *
 * @param token fencing token of the lease
 * @param function the revision that the attempt pins
 * @param expiresAt an order is not claimed after this
 * @param bundle where input and environment come as one zip; null where they come by reference
 */
public record Order(
    AttemptId attempt,
    long token,
    PoolId pool,
    ProviderId provider,
    DeployedFunction function,
    InputRef input,
    List<SliceGrant> slices,
    Limits limits,
    Instant issuedAt,
    Instant expiresAt,
    @Nullable BundleRef bundle) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.order.v1";

  public Order {
    slices = List.copyOf(slices);
  }

  /** An order by reference. */
  public Order(
      AttemptId attempt,
      long token,
      PoolId pool,
      ProviderId provider,
      DeployedFunction function,
      InputRef input,
      List<SliceGrant> slices,
      Limits limits,
      Instant issuedAt,
      Instant expiresAt) {
    this(
        attempt, token, pool, provider, function, input, slices, limits, issuedAt, expiresAt, null);
  }

  /** The same with its bundle, to be claimed until then. */
  public Order bundled(BundleRef made, Instant until) {
    return new Order(
        attempt, token, pool, provider, function, input, slices, limits, issuedAt, until, made);
  }
}
