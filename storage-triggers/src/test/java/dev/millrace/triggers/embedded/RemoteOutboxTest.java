package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.triggers.embedded.names.StoreEvent;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.SecretKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A store's events, read by its feed alone. */
final class RemoteOutboxTest {
  @TempDir Path folder;
  private EmbeddedStore store;
  private S3Client s3;
  private RemoteOutbox outbox;
  private final List<Notice> noticed = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
    outbox = outbox(store.accessKey());
  }

  @AfterEach
  void stop() throws IOException {
    outbox.close();
    s3.close();
    store.close();
  }

  private RemoteOutbox outbox(AccessKey key) {
    return new RemoteOutbox(store.endpoint(), store.region(), key, InstantSource.system());
  }

  private OutboxSource source() {
    return new OutboxSource(
        outbox,
        StoreId.EMBEDDED,
        noticed::addAll,
        () -> Instant.parse("2026-11-22T12:00:00Z"),
        Duration.ofMillis(1));
  }

  private void put(String key) {
    s3.putObject(r -> r.bucket("inbox").key(key), RequestBody.fromString("x"));
  }

  @Test
  void readsTheSameEventsAsTheStoreItself() throws Exception {
    put("a ü+%.txt");
    s3.deleteObject(r -> r.bucket("inbox").key("a ü+%.txt"));
    put("\"quoted\"\\\n");

    List<StoreEvent> events = outbox.eventsAfter(0, 10);

    assertThat(events).hasSize(3).isEqualTo(store.outbox().eventsAfter(0, 10));
  }

  @Test
  void takesEventsToTheFunnelAndOnlyThenTheStoreForgetsThem() throws Exception {
    put("a");
    put("b");
    assertThat(outbox.eventsAfter(0, 10)).hasSize(2);
    assertThat(store.outbox().eventsAfter(0, 10)).as("reading forgets nothing").hasSize(2);

    int taken = source().drain();

    assertThat(taken).isEqualTo(2);
    assertThat(noticed)
        .extracting(Notice::hint)
        .containsExactly(new VersionTag.Generation(1), new VersionTag.Generation(2));
    assertThat(store.outbox().eventsAfter(0, 10)).isEmpty();
  }

  @Test
  void givesNoMoreThanIsAskedForAndGoesOnAfterIt() throws Exception {
    put("a");
    put("b");
    put("c");

    assertThat(outbox.eventsAfter(0, 2)).extracting(StoreEvent::key).containsExactly("a", "b");
    assertThat(outbox.eventsAfter(2, 2)).extracting(StoreEvent::key).containsExactly("c");
  }

  @Test
  void wakesWhenAnObjectIsCommitted() throws Exception {
    CompletableFuture<Boolean> woken = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                woken.complete(outbox.awaitEvents(0, Duration.ofSeconds(20)));
              } catch (IOException | InterruptedException e) {
                woken.completeExceptionally(e);
              }
            });
    put("a");

    assertThat(woken.get()).isTrue();
    waiting.join();
  }

  @Test
  void saysWhenNothingCame() throws Exception {
    assertThat(outbox.awaitEvents(0, Duration.ofSeconds(1))).isFalse();
  }

  @Test
  void goesOnWithARestartedStoreWhereItWas() throws Exception {
    put("a");
    assertThat(outbox.eventsAfter(0, 10)).hasSize(1);
    int port = store.endpoint().getPort();
    store.close();
    assertThatThrownBy(() -> outbox.eventsAfter(0, 10)).isInstanceOf(IOException.class);
    store = EmbeddedStore.start(StoreConfig.in(folder).withPort(port));

    assertThat(source().drain()).isEqualTo(1);
    assertThat(noticed).extracting(n -> n.object().key()).containsExactly("a");
  }

  @Test
  void whoHasNoKeyOfTheStoreLearnsNothing() {
    put("a");
    AccessKey key = store.accessKey();
    AccessKey wrong = new AccessKey(key.id(), new SecretKey("wrong"), "main");
    AccessKey unknown = new AccessKey("MRUNKNOWN", key.secret(), "main");
    for (AccessKey each : List.of(wrong, unknown)) {
      try (RemoteOutbox other = outbox(each)) {
        assertThatThrownBy(() -> other.eventsAfter(0, 10))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("403");
        assertThatThrownBy(() -> other.acknowledge(1)).hasMessageContaining("403");
      }
    }
  }

  @Test
  void aKeyThatMayNotAdministerTheStoreIsRefused() throws Exception {
    int port = store.endpoint().getPort();
    store.close();
    store =
        EmbeddedStore.start(
            StoreConfig.in(folder).withPort(port),
            (caller, access) -> access.action() != Authorizer.Action.ADMINISTER);

    assertThatThrownBy(() -> outbox.eventsAfter(0, 10)).hasMessageContaining("AccessDenied");
    assertThatThrownBy(() -> outbox.acknowledge(1)).hasMessageContaining("AccessDenied");
  }

  @Test
  void whatIsNoSequenceIsRefused() {
    assertThatThrownBy(() -> outbox.eventsAfter(-1, 10)).hasMessageContaining("InvalidArgument");
    assertThatThrownBy(() -> outbox.acknowledge(-5)).hasMessageContaining("InvalidArgument");
  }
}
