package dev.millrace.orch.fleet;

import dev.millrace.orch.channel.JournalChannel;
import dev.millrace.orch.channel.ProviderChannel;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Delivery;
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
 * @param proofs that their calls over HTTP are theirs
 * @param delivery is told how they ask
 * @param returned rung when a provider that was away is there
 * @param key of this coordinator, X.509 form in base64
 */
public record RemoteProviders(
    ProviderTokens tokens,
    Attendance attendance,
    Introductions introductions,
    CallProofs proofs,
    OrderBoard board,
    Journal journal,
    Orders orders,
    JournalChannel channel,
    Delivery delivery,
    Runnable returned,
    String key,
    RandomGenerator random,
    BucketKeys bucketKeys) {

  /** Makes and ends keys of providers' prefixes in the intermediate bucket. */
  @FunctionalInterface
  public interface BucketKeys {
    /** How a provider reaches its prefix, with this token for its introduction. */
    Join.Buckets of(ProviderId provider, String token) throws IOException;

    /**
     * Ends those that came with other tokens than this one; all where it is empty. Who makes none
     * has none to end.
     */
    default void endOthers(ProviderId provider, String token) throws IOException {}

    /** Lets the one that came with the provider's present token be taken again, if there is one. */
    default void renew(ProviderId provider) throws IOException {}
  }

  /** The name is that of a provider in this process. */
  public static final class NameTaken extends IOException {
    private static final long serialVersionUID = 1;

    NameTaken(ProviderId provider) {
      super("provider " + provider + " is part of the coordinator's process: take another name");
    }
  }

  /**
   * Lets a provider in that comes over HTTP: what it starts with. A token that it had before is
   * worth nothing then.
   *
   * @param endpoint where it will reach this coordinator
   */
  public synchronized Join invite(ProviderId provider, URI endpoint) throws IOException {
    requireElsewhere(provider);
    boolean buckets = tokens.byBuckets().contains(provider);
    if (buckets) {
      // Before the token: broken off between the two, it is asked for again.
      bucketKeys.endOthers(provider, "");
    }
    String token = buckets ? issuedInPlace(provider) : tokens.issue(provider, false, random);
    introductions.withdraw(provider);
    if (buckets) {
      // And after: while the old token held, its mark may have been renewed.
      bucketKeys.endOthers(provider, "");
    }
    return new Join(provider, key, new Join.Http(endpoint, token));
  }

  /** Where there is no new token, the one that it has holds, and its key has to work. */
  private String issuedInPlace(ProviderId provider) throws IOException {
    try {
      return tokens.issue(provider, false, random);
    } catch (IOException e) {
      try {
        bucketKeys.renew(provider);
      } catch (IOException also) {
        e.addSuppressed(also);
      }
      throw e;
    }
  }

  /** Lets a provider in that comes through the intermediate bucket alone. */
  public synchronized Join inviteByBucket(ProviderId provider) throws IOException {
    requireElsewhere(provider);
    String token = ProviderTokens.fresh(random);
    // First what may fail: the token that it has holds until there is another way in.
    Join.Buckets way = bucketKeys.of(provider, token);
    tokens.put(provider, true, token);
    introductions.withdraw(provider);
    bucketKeys.endOthers(provider, token);
    return new Join(provider, key, null, way);
  }

  private void requireElsewhere(ProviderId provider) throws NameTaken {
    if (attendance.inside(provider)) {
      throw new NameTaken(provider);
    }
  }

  /** Word from a provider, of whatever kind, and the way that the answer takes. */
  public void heard(ProviderId provider, Carrier carrier) {
    delivery.heard(provider, carrier);
    heard(provider);
  }

  /** Word from a provider, of whatever kind. */
  public void heard(ProviderId provider) {
    if (attendance.heard(provider)) {
      returned.run();
    }
  }

  /** What one provider may ask about its runs, where the answers take this way. */
  public RunChannel channelOf(ProviderId provider, Carrier carrier) {
    return new ProviderChannel(channel.over(carrier), journal, orders, provider);
  }
}
