package dev.millrace.orch.fleet;

import dev.millrace.orch.channel.ProviderChannel;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.order.Orders;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.RunChannel;
import java.io.IOException;
import java.net.URI;
import java.util.random.RandomGenerator;

/**
 * Everything that providers elsewhere ask of this coordinator.
 *
 * @param channel for all providers; each one gets its own part of it
 * @param returned rung when a provider that was away is there
 * @param key of this coordinator, X.509 form in base64
 */
public record RemoteProviders(
    ProviderTokens tokens,
    Attendance attendance,
    Introductions introductions,
    OrderBoard board,
    Journal journal,
    Orders orders,
    RunChannel channel,
    Runnable returned,
    String key,
    RandomGenerator random,
    BucketKeys bucketKeys) {

  /** Makes the key of a provider's prefix in the intermediate bucket. */
  @FunctionalInterface
  public interface BucketKeys {
    /** How a provider reaches its prefix, with this token for its introduction. */
    Join.Buckets of(ProviderId provider, String token) throws IOException;
  }

  /**
   * Lets a provider in that comes over HTTP: what it starts with. A token that it had before is
   * worth nothing then.
   *
   * @param endpoint where it will reach this coordinator
   */
  public Join invite(ProviderId provider, URI endpoint) throws IOException {
    String token = tokens.issue(provider, false, random);
    return new Join(provider, key, new Join.Http(endpoint, token));
  }

  /** Lets a provider in that comes through the intermediate bucket alone. */
  public Join inviteByBucket(ProviderId provider) throws IOException {
    String token = tokens.issue(provider, true, random);
    return new Join(provider, key, null, bucketKeys.of(provider, token));
  }

  /** Word from a provider, of whatever kind. */
  public void heard(ProviderId provider) {
    if (attendance.heard(provider)) {
      returned.run();
    }
  }

  /** What one provider may ask about its runs. */
  public RunChannel channelOf(ProviderId provider) {
    return new ProviderChannel(channel, journal, orders, provider);
  }
}
