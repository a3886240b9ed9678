package dev.millrace.runtime.order;

import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** Decides whether an order is believed here; nothing of it is used before. */
public final class OrderVerifier {
  private final TrustedKeys coordinator;
  private final ProviderId provider;
  private final PoolId pool;
  private final InstantSource clock;
  private final Function<SignedBytes, Optional<Order>> remembered;

  /**
   * @param coordinator whose orders count
   * @param provider this one
   * @param pool that its devices are in
   */
  public OrderVerifier(
      TrustedKeys coordinator, ProviderId provider, PoolId pool, InstantSource clock) {
    this(coordinator, provider, pool, clock, signed -> Optional.empty());
  }

  /**
   * @param remembered an order as it was read before in this process, by its very bytes: asked for
   *     what is validly signed alone
   */
  public OrderVerifier(
      TrustedKeys coordinator,
      ProviderId provider,
      PoolId pool,
      InstantSource clock,
      Function<SignedBytes, Optional<Order>> remembered) {
    this.remembered = remembered;
    this.coordinator = coordinator;
    this.provider = provider;
    this.pool = pool;
    this.clock = clock;
  }

  /** Checks signature and type first, then what the order says. */
  public Verified verify(SignedBytes signed) {
    if (!signed.type().equals(Order.TYPE)) {
      return new Verified.Invalid("not an order: its type is not " + Order.TYPE);
    }
    if (!coordinator.verify(Order.TYPE, signed)) {
      return new Verified.Invalid("not validly signed by a coordinator that is trusted here");
    }
    Optional<Order> known = remembered.apply(signed);
    if (known.isPresent()) {
      return judge(known.get(), signed);
    }
    try {
      return judge(Json.read(signed.bytes(), Order.class), signed);
    } catch (MalformedJson e) {
      return new Verified.Invalid("signed, but not of an order's form: " + e.getMessage());
    }
  }

  private Verified judge(Order order, SignedBytes signed) {
    if (!order.pool().equals(pool)) {
      return new Verified.Invalid("for pool " + order.pool() + ", this is pool " + pool);
    }
    if (!order.provider().equals(provider)) {
      return new Verified.Invalid(
          "for provider " + order.provider() + ", this is provider " + provider);
    }
    Instant now = clock.instant();
    if (now.isAfter(order.expiresAt())) {
      return new Verified.Invalid("expired at " + order.expiresAt() + ", it is " + now);
    }
    return new Verified.Valid(order, signed);
  }
}
