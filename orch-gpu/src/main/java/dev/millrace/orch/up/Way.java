package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.runtime.channel.BucketMail;
import dev.millrace.runtime.channel.BucketRunChannel;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpOrderSource;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.runtime.channel.Introducing;
import dev.millrace.runtime.channel.OwnOrders;
import dev.millrace.runtime.channel.PollingOrderSource;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a provider reaches a coordinator elsewhere.
 *
 * @param address for people
 * @param opened closed with it, in this order
 */
record Way(
    String address,
    Introducing introducing,
    RunChannel channel,
    Map<String, OrderSource> orders,
    List<AutoCloseable> opened)
    implements AutoCloseable {
  private static final Duration CALL = Duration.ofSeconds(10);

  /** Shorter than the standard lease: an answer that was lost does not cost it. */
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private static final Duration LOOK_MIN = Duration.ofSeconds(1);

  /** Who goes it. */
  record Around(
      MillraceConfig config, SigningKey key, TrustedKeys coordinator, Coordinator.Nature nature) {}

  /** As the join file says: by HTTP where it names an endpoint, else by the bucket. */
  static Way of(Join join, Around around) throws IOException {
    Join.Http http = join.http();
    Join.Buckets buckets = join.buckets();
    if (http != null) {
      return http(join, http, around);
    }
    if (buckets != null) {
      return buckets(join, buckets, around);
    }
    throw new IOException("the join file names no coordinator: make one with 'millrace token'");
  }

  private static Way http(Join join, Join.Http http, Around around) {
    CoordinatorHttp coordinator =
        new CoordinatorHttp(
            http.endpoint(),
            new CoordinatorHttp.Speaker(join.provider(), http.token(), around.key()),
            CALL);
    return new Way(
        http.endpoint().toString(),
        Introducing.over(coordinator),
        new HttpRunChannel(coordinator),
        Map.of("coordinator", new HttpOrderSource(coordinator, around.nature().ticker())),
        List.of(coordinator));
  }

  private static Way buckets(Join join, Join.Buckets buckets, Around around) {
    ObjectStore store =
        S3ObjectStore.open(
            S3StoreSettings.at(
                StoreId.EMBEDDED,
                buckets.endpoint(),
                buckets.region(),
                new S3StoreSettings.AccessKeyPair(buckets.accessKeyId(), buckets.secretKey())));
    MillraceConfig config = around.config();
    BucketMail mail =
        new BucketMail(
            new BucketMail.Ends(
                store,
                buckets.bucket(),
                join.provider(),
                around.key(),
                around.coordinator(),
                buckets.token()),
            new BucketMail.Pace(config.providers().mailPoll(), ANSWER),
            around.nature().ticker(),
            around.nature().random());
    Duration poll = config.orders().poll();
    OrderSource orders =
        new OwnOrders(
            new PollingOrderSource(
                store,
                buckets.bucket(),
                "orders/" + join.provider() + "/",
                poll.isPositive() ? poll : LOOK_MIN));
    return new Way(
        buckets.endpoint() + "/" + buckets.bucket(),
        mail.introducing(),
        new BucketRunChannel(mail),
        Map.of("bucket", orders),
        List.of(mail, store));
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : opened) {
      part.close();
    }
  }
}
