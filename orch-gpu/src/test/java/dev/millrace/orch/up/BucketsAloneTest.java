package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.sign.SealedBox;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A provider that reaches nothing but the store: every other channel is cut. */
final class BucketsAloneTest {
  private static final String SLEEPY = "sleep 6; echo done > \"$TMP_OUTPUT_DIR/out\"";

  @TempDir Path folder;
  private Site site;

  @AfterEach
  void stop() throws IOException {
    site.close();
  }

  private void start(String more) throws IOException {
    site = new Site(folder, more);
  }

  private void claimsRunsRenewsAndSettles() throws Exception {
    Join join = site.joinByBucket(Site.PROVIDER);
    assertThat(join.http()).isNull();
    site.provider(join);
    site.deploy(SLEEPY);

    site.drop("a.txt");

    site.awaitRenewal();
    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
    assertThat(site.text(job)).isEqualTo("done\n");
  }

  /** No event of any kind: orders, requests and answers are found by looking. */
  @Test
  void andByPollingWhenEventsAreCutToo() throws Exception {
    start("orders: {poll: 200ms, events: false, announce: false}");
    claimsRunsRenewsAndSettles();
  }

  @Test
  void aJobIsClaimedRunsRenewsAndSettlesThroughTheBucket() throws Exception {
    start("orders: {poll: 200ms}");
    claimsRunsRenewsAndSettles();

    // And nothing of it stays.
    try (ObjectStore store = whole()) {
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> {
            assertThat(keys(store, Mail.REQUESTS)).isEmpty();
            assertThat(keys(store, "orders/"))
                .as("the box, the mark, and the answers to the last introductions")
                .hasSizeLessThan(6)
                .contains(Mail.box(new ProviderId(Site.PROVIDER)));
          });
    }
  }

  private ObjectStore whole() {
    return open(site.access().keys());
  }

  private ObjectStore open(S3StoreSettings.AccessKeyPair keys) {
    return S3ObjectStore.open(
        S3StoreSettings.at(
            StoreId.EMBEDDED, site.access().endpoint(), site.access().region(), keys));
  }

  private static List<String> keys(ObjectStore store, String prefix) throws IOException {
    return store.list("millrace-orders", prefix, "", 1000).objects().stream()
        .map(ListedObject::key)
        .toList();
  }

  @Test
  void itsKeyListsAndReadsItsOwnPrefixAndNothingElse() throws Exception {
    start("orders: {poll: 200ms}");
    Join.Buckets mine = Objects.requireNonNull(site.joinByBucket(Site.PROVIDER).buckets());
    Join.Buckets other = Objects.requireNonNull(site.joinByBucket("gpu-2").buckets());
    String box = Mail.box(new ProviderId(Site.PROVIDER));

    try (ObjectStore own = open(keys(mine));
        ObjectStore stranger = open(keys(other));
        ObjectStore forged =
            open(new S3StoreSettings.AccessKeyPair(mine.accessKeyId(), other.secretKey()))) {
      assertThat(keys(own, "orders/" + Site.PROVIDER + "/")).contains(box);
      assertThat(own.read("millrace-orders", box)).isPresent();
      for (ObjectStore each : List.of(stranger, forged)) {
        assertThatThrownBy(() -> each.read("millrace-orders", box)).hasMessageContaining("403");
        assertThatThrownBy(() -> keys(each, "orders/" + Site.PROVIDER + "/"))
            .hasMessageContaining("403");
      }
      for (String prefix : List.of("", "orders/", "orders/gpu-10", Mail.REQUESTS)) {
        assertThatThrownBy(() -> keys(own, prefix)).as(prefix).hasMessageContaining("403");
      }
      assertThatThrownBy(() -> own.delete("millrace-orders", box)).hasMessageContaining("403");
      assertThatThrownBy(() -> own.ensureBucket("millrace-orders")).hasMessageContaining("403");
      assertThatThrownBy(() -> own.read("texts", "in/a")).hasMessageContaining("403");
      assertThatThrownBy(() ->
              own.write(
                  new ObjectName(StoreId.EMBEDDED, "millrace-orders", box),
                  new ByteArrayInputStream(new byte[1]),
                  1,
                  WriteOptions.PLAIN))
          .hasMessageContaining("403");
    }
  }

  @Test
  void aNewTokenMakesTheFormerPairWorthNothing() throws Exception {
    start("orders: {poll: 200ms}");
    Join.Buckets first = Objects.requireNonNull(site.joinByBucket(Site.PROVIDER).buckets());
    Join.Buckets second = Objects.requireNonNull(site.joinByBucket(Site.PROVIDER).buckets());
    String prefix = "orders/" + Site.PROVIDER + "/";
    String box = Mail.box(new ProviderId(Site.PROVIDER));

    try (ObjectStore former = open(keys(first));
        ObjectStore own = open(keys(second))) {
      assertThatThrownBy(() -> former.read("millrace-orders", box)).hasMessageContaining("403");
      assertThatThrownBy(() -> keys(former, prefix)).hasMessageContaining("403");
      assertThat(own.read("millrace-orders", box)).isPresent();
    }
    site.closeStore();
    site.startStore();
    site.stopCoordinator();
    site.startCoordinator("coordinator");
    try (ObjectStore former = open(keys(first));
        ObjectStore own = open(keys(second))) {
      assertThat(keys(own, prefix)).contains(box);
      assertThatThrownBy(() -> keys(former, prefix)).hasMessageContaining("403");

      site.join(Site.PROVIDER);
      assertThatThrownBy(() -> keys(own, prefix)).hasMessageContaining("403");
    }
  }

  /** Whoever has the whole key of the store may take it away; a backup may lack it. */
  @Test
  void aMarkThatWasLostComesBackWhenTheCoordinatorStarts() throws Exception {
    start("orders: {poll: 200ms}");
    Join.Buckets mine = Objects.requireNonNull(site.joinByBucket(Site.PROVIDER).buckets());
    String prefix = "orders/" + Site.PROVIDER + "/";

    try (ObjectStore all = whole();
        ObjectStore own = open(keys(mine))) {
      for (String mark : keys(all, Mail.marks(new ProviderId(Site.PROVIDER)))) {
        all.delete("millrace-orders", mark);
      }
      assertThatThrownBy(() -> keys(own, prefix)).hasMessageContaining("403");
      site.stopCoordinator();
      site.startCoordinator("coordinator");

      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(keys(own, prefix)).isNotEmpty());
    }
  }

  private static S3StoreSettings.AccessKeyPair keys(Join.Buckets buckets) {
    return new S3StoreSettings.AccessKeyPair(buckets.accessKeyId(), buckets.secretKey());
  }

  @Test
  void garbageInTheMailIsTakenAwayAndHoldsUpNobody() throws Exception {
    start("orders: {poll: 200ms}");
    Join join = site.joinByBucket(Site.PROVIDER);
    SigningKey stranger = SigningKey.generate();
    Mail.Request forged =
        new Mail.Request(
            join.provider(),
            "0".repeat(32),
            "renew",
            "{}",
            SealedBox.fresh().publicKey(),
            "",
            List.of());
    List<String> bad =
        List.of(
            "",
            "no signed bytes",
            "{}",
            stranger.sign(Mail.Request.TYPE, Json.bytes(forged)).line(),
            stranger.sign(Mail.Request.TYPE, "{}".getBytes(StandardCharsets.UTF_8)).line(),
            stranger.sign("millrace.order.v1", Json.bytes(forged)).line());
    try (ObjectStore store = whole()) {
      for (int slot = 0; slot < bad.size(); slot++) {
        byte[] bytes = bad.get(slot).getBytes(StandardCharsets.UTF_8);
        store.write(
            new ObjectName(
                StoreId.EMBEDDED, "millrace-orders", Mail.request(join.provider(), slot)),
            new ByteArrayInputStream(bytes),
            bytes.length,
            WriteOptions.PLAIN);
      }

      site.provider(join);

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(keys(store, Mail.REQUESTS)).isEmpty());
      assertThat(site.devices()).isNotEmpty();
    }
  }

  @Test
  void functionsGoOnWhileTheCoordinatorIsRestarted() throws Exception {
    start("orders: {poll: 200ms}");
    site.provider(site.joinByBucket(Site.PROVIDER));
    site.deploy("sleep 2; echo done > \"$TMP_OUTPUT_DIR/out\"");
    site.drop("a.txt");
    site.until(job -> job.job().state().equals("running"));

    site.stopCoordinator();
    site.startCoordinator("coordinator");

    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void anotherCoordinatorsKeyAndAnotherTokenAreRefused() throws Exception {
    start("orders: {poll: 200ms}");
    Join old = site.joinByBucket(Site.PROVIDER);
    Join join = site.joinByBucket(Site.PROVIDER);
    Join stale =
        new Join(
            join.provider(),
            Base64.getEncoder().encodeToString(SigningKey.generate().publicKey()),
            null,
            join.buckets());

    assertThatThrownBy(site.unstarted(stale)::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("joined a coordinator with another");
    assertThatThrownBy(site.unstarted(old)::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("the store refuses this provider's key")
        .hasMessageContaining("'millrace token gpu-1 --buckets'");
  }
}
