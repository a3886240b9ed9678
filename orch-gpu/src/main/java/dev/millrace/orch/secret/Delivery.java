package dev.millrace.orch.secret;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Who is given which secrets. Providers of the coordinator's own process are trusted by every
 * function; others by those that name their pool, or them in it. Safe for many threads.
 */
public final class Delivery {
  private final Vault vault;
  private final Predicate<ProviderId> inside;
  private final Predicate<ProviderId> byBucket;
  private final boolean plainAllowed;
  private final Map<ProviderId, Carrier> carriers = new ConcurrentHashMap<>();

  /**
   * @param inside whether a provider is part of this process
   * @param byBucket whether it comes through the intermediate bucket
   * @param plainAllowed whether secrets may go over HTTP without TLS
   */
  public Delivery(
      Vault vault,
      Predicate<ProviderId> inside,
      Predicate<ProviderId> byBucket,
      boolean plainAllowed) {
    this.vault = vault;
    this.inside = inside;
    this.byBucket = byBucket;
    this.plainAllowed = plainAllowed;
  }

  /**
   * Why a provider gets nothing of a function's.
   *
   * @param carrier whether it is trusted, and only the way that it asks stands against it
   */
  public record Refusal(String reason, boolean carrier) {}

  /** How a provider asked just now. */
  public void heard(ProviderId provider, Carrier carrier) {
    carriers.put(provider, carrier);
  }

  /** Why no job of this function can run anywhere now. */
  public Optional<String> withheld(DeployedFunction function) {
    return vault.withheld(function.ref().tenant(), function.spec().secrets().values());
  }

  /** Why a provider gets nothing of this function's, as far as is known before it asks. */
  public Optional<Refusal> refusal(FunctionSpec spec, PoolId pool, ProviderId provider) {
    Carrier carrier =
        inside.test(provider)
            ? Carrier.INSIDE
            : byBucket.test(provider)
                ? Carrier.BUCKET
                : carriers.getOrDefault(provider, Carrier.SECURE);
    return refusal(spec, pool, provider, carrier);
  }

  private Optional<Refusal> refusal(
      FunctionSpec spec, PoolId pool, ProviderId provider, Carrier carrier) {
    if (spec.secrets().isEmpty()) {
      return Optional.empty();
    }
    boolean trusted =
        inside.test(provider)
            || spec.trust().contains(pool.value())
            || spec.trust().contains(pool + "/" + provider);
    return trusted
        ? carrier
            .refusal(plainAllowed)
            .map(why ->
                new Refusal("provider " + provider + " of trusted pool " + pool + " " + why, true))
        : Optional.of(
            new Refusal(
                "secrets of "
                    + spec.name()
                    + " are not for provider "
                    + provider
                    + " of pool "
                    + pool,
                false));
  }

  /** What a run gets with its claim. */
  public Vault.Opening open(
      DeployedFunction function, PoolId pool, ProviderId provider, Carrier carrier) {
    if (function.spec().secrets().isEmpty()) {
      return new Vault.Opening.Values(Map.of());
    }
    return refusal(function.spec(), pool, provider, carrier)
        .<Vault.Opening>map(refusal -> new Vault.Opening.Withheld(refusal.reason()))
        .orElseGet(() -> vault.open(function.ref().tenant(), function.spec().secrets()));
  }
}
