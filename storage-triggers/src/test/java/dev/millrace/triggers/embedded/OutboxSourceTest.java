package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

final class OutboxSourceTest {
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;
  final List<Notice> noticed = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void noticesCreationsInOrderAndAcknowledgesAllEvents() throws Exception {
    put("a");
    s3.deleteObject(r -> r.bucket("inbox").key("a"));
    put("b");

    int taken = source(noticed::addAll).drain();

    assertThat(taken).isEqualTo(3);
    assertThat(noticed).extracting(n -> n.object().key()).containsExactly("a", "b");
    assertThat(noticed)
        .extracting(Notice::hint)
        .containsExactly(new VersionTag.Generation(1), new VersionTag.Generation(3));
    assertThat(store.outbox().eventsAfter(0, 10)).isEmpty();
  }

  @Test
  void keepsEventsThatTheSinkDidNotTake() throws Exception {
    put("a");
    NoticeSink full =
        notices -> {
          throw new UncheckedIOException(new IOException("disk full"));
        };

    assertThatThrownBy(() -> source(full).drain()).isInstanceOf(UncheckedIOException.class);

    assertThat(store.outbox().eventsAfter(0, 10)).hasSize(1);
  }

  @Test
  void wakesForANewObjectAndGoesOnAfterAFailure() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    NoticeSink sink =
        notices -> {
          if (tries.incrementAndGet() == 1) {
            throw new UncheckedIOException(new IOException("once"));
          }
          noticed.addAll(notices);
        };
    Thread thread = Thread.ofPlatform().start(source(sink)::run);
    try {
      put("a");
      Awaitility.await().untilAsserted(() -> assertThat(noticed).hasSize(1));
      put("b");
      Awaitility.await().untilAsserted(() -> assertThat(noticed).hasSize(2));
    } finally {
      thread.interrupt();
      thread.join();
    }
    assertThat(tries.get()).isEqualTo(3);
  }

  private OutboxSource source(NoticeSink sink) {
    Instant now = Instant.parse("2026-11-22T12:00:00Z");
    return new OutboxSource(
        store.outbox(), StoreId.EMBEDDED, sink, () -> now, Duration.ofMillis(1));
  }

  private void put(String key) {
    s3.putObject(r -> r.bucket("inbox").key(key), RequestBody.fromString("x"));
  }
}
