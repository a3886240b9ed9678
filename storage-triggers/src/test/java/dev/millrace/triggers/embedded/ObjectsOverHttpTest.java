package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.names.EventName;
import dev.millrace.triggers.embedded.names.StoreEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

@ParameterizedClass(name = "rows up to {0} bytes")
@ValueSource(ints = {0, StoreConfig.Space.SMALL_MAX_BYTES})
final class ObjectsOverHttpTest {
  @Parameter int smallMaxBytes;
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder).withSmallMaxBytes(smallMaxBytes));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void givesBackWhatWasPutWithItsHeaders() {
    PutObjectResponse put =
        s3.putObject(
            r ->
                r.bucket("inbox")
                    .key("a.txt")
                    .contentType("text/Plain; charset=utf-8")
                    .cacheControl("no-cache")
                    .metadata(Map.of("owner", "me  and you")),
            RequestBody.fromString("hello"));

    ResponseBytes<GetObjectResponse> got = s3.getObjectAsBytes(r -> r.bucket("inbox").key("a.txt"));
    HeadObjectResponse head = s3.headObject(r -> r.bucket("inbox").key("a.txt"));

    assertThat(put.eTag()).isEqualTo("\"5d41402abc4b2a76b9719d911017c592\"");
    assertThat(got.asUtf8String()).isEqualTo("hello");
    assertThat(got.response().contentType()).isEqualTo("text/Plain; charset=utf-8");
    assertThat(got.response().cacheControl()).isEqualTo("no-cache");
    assertThat(got.response().metadata()).containsEntry("owner", "me  and you");
    assertThat(head.contentLength()).isEqualTo(5);
    assertThat(head.eTag()).isEqualTo(put.eTag());
  }

  @Test
  void answersNoSuchKeyAndNoSuchBucket() {
    assertThatThrownBy(() -> s3.getObject(r -> r.bucket("inbox").key("none")))
        .isInstanceOf(NoSuchKeyException.class);
    assertThatThrownBy(() -> s3.getObject(r -> r.bucket("nowhere").key("none")))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("NoSuchBucket"));
  }

  @Test
  void copiesWithoutCopyingBytesAndDeletesEachNameAlone() {
    s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("one"));
    s3.copyObject(
        r -> r.sourceBucket("inbox").sourceKey("a").destinationBucket("inbox").destinationKey("b"));
    s3.deleteObject(r -> r.bucket("inbox").key("a"));

    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key("b")).asUtf8String())
        .isEqualTo("one");
    assertThat(StoreFiles.blobs(folder)).hasSize(1);
  }

  @Test
  void leavesNoBytesBehindWhenNamesAreOverwrittenOrDeleted() {
    for (int i = 0; i < 5; i++) {
      s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("again"));
    }
    s3.deleteObject(r -> r.bucket("inbox").key("a"));

    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void commitsOneEventWithEachObject() throws Exception {
    s3.putObject(
        r -> r.bucket("inbox").key("a").metadata(Map.of("millrace-depth", "3")),
        RequestBody.fromString("one"));
    s3.copyObject(
        r -> r.sourceBucket("inbox").sourceKey("a").destinationBucket("inbox").destinationKey("b"));
    s3.deleteObject(r -> r.bucket("inbox").key("a"));
    s3.deleteObject(r -> r.bucket("inbox").key("never-there"));

    List<StoreEvent> events = store.outbox().eventsAfter(0, 100);

    assertThat(events)
        .extracting(StoreEvent::name)
        .containsExactly(EventName.CREATED_PUT, EventName.CREATED_COPY, EventName.REMOVED_DELETE);
    assertThat(events).extracting(StoreEvent::generation).containsExactly(1L, 2L, 1L);
    assertThat(events.getFirst().depth()).contains("3");
    assertThat(store.outbox().awaitEvents(events.getLast().sequence(), Duration.ZERO)).isFalse();
    store.outbox().acknowledge(events.get(1).sequence());
    assertThat(store.outbox().eventsAfter(0, 100)).containsExactly(events.getLast());
  }

  @Test
  void listsByPrefixAndDelimiter() {
    for (String key : List.of("a/1", "a/2", "a/b/3", "b", "c/4")) {
      s3.putObject(r -> r.bucket("inbox").key(key), RequestBody.fromString(key));
    }

    var top = s3.listObjectsV2(r -> r.bucket("inbox").delimiter("/"));
    var inA = s3.listObjectsV2(r -> r.bucket("inbox").prefix("a/").delimiter("/"));

    assertThat(top.contents()).extracting(o -> o.key()).containsExactly("b");
    assertThat(top.commonPrefixes()).extracting(o -> o.prefix()).containsExactly("a/", "c/");
    assertThat(inA.contents()).extracting(o -> o.key()).containsExactly("a/1", "a/2");
    assertThat(inA.commonPrefixes()).extracting(o -> o.prefix()).containsExactly("a/b/");
  }
}
