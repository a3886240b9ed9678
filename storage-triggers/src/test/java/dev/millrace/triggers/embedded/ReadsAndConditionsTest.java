package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

@ParameterizedClass(name = "rows up to {0} bytes")
@ValueSource(ints = {0, StoreConfig.Space.SMALL_MAX_BYTES})
final class ReadsAndConditionsTest {
  @Parameter int smallMaxBytes;
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder).withSmallMaxBytes(smallMaxBytes));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("bkt"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void servesTheThreeFormsOfRanges() {
    put("digits", "0123456789");

    assertThat(range("bytes=2-4")).isEqualTo("234");
    assertThat(range("bytes=7-")).isEqualTo("789");
    assertThat(range("bytes=-3")).isEqualTo("789");
    assertThat(range("bytes=-30")).isEqualTo("0123456789");
    assertThat(range("bytes=5-99")).isEqualTo("56789");
    assertThat(range("bytes=4-2")).isEqualTo("0123456789");
    assertThat(range("lines=1-2")).isEqualTo("0123456789");
    var part = s3.getObject(r -> r.bucket("bkt").key("digits").range("bytes=2-4")).response();
    assertThat(part.contentRange()).isEqualTo("bytes 2-4/10");
    assertStatus(() -> range("bytes=10-"), 416, "InvalidRange");
    assertStatus(() -> range("bytes=-0"), 416, "InvalidRange");
  }

  @Test
  void servesAnEmptyObject() {
    put("empty", "");

    assertThat(s3.getObjectAsBytes(r -> r.bucket("bkt").key("empty")).asByteArray()).isEmpty();
    assertStatus(
        () -> s3.getObjectAsBytes(r -> r.bucket("bkt").key("empty").range("bytes=0-")),
        416,
        "InvalidRange");
  }

  @Test
  void judgesTheConditionsOfAGet() {
    put("a", "x");
    var head = s3.headObject(r -> r.bucket("bkt").key("a"));
    Instant before = head.lastModified().minusSeconds(1);

    s3.getObject(r -> r.bucket("bkt").key("a").ifMatch(head.eTag())).abort();
    s3.getObject(r -> r.bucket("bkt").key("a").ifMatch(head.eTag()).ifUnmodifiedSince(before))
        .abort();
    s3.getObject(r -> r.bucket("bkt").key("a").ifModifiedSince(before)).abort();
    assertStatus(() -> s3.getObject(r -> r.bucket("bkt").key("a").ifMatch("\"no\"")), 412, "");
    assertStatus(
        () -> s3.getObject(r -> r.bucket("bkt").key("a").ifUnmodifiedSince(before)), 412, "");
    assertStatus(
        () -> s3.getObject(r -> r.bucket("bkt").key("a").ifNoneMatch(head.eTag())), 304, "");
    assertStatus(
        () -> s3.getObject(r -> r.bucket("bkt").key("a").ifModifiedSince(head.lastModified())),
        304,
        "");
  }

  @Test
  void letsOneOfManyWriteANameThatMustBeAbsent() throws InterruptedException {
    Set<Integer> winners = new ConcurrentSkipListSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 16).forEach(i -> threads.execute(() -> writeIfAbsent(i, winners)));
    }

    assertThat(winners).hasSize(1);
    assertThat(s3.getObjectAsBytes(r -> r.bucket("bkt").key("once")).asUtf8String())
        .isEqualTo("" + winners.iterator().next());
    assertThat(StoreFiles.blobs(folder)).hasSize(1);
  }

  private void writeIfAbsent(int writer, Set<Integer> winners) {
    try {
      s3.putObject(
          r -> r.bucket("bkt").key("once").ifNoneMatch("*"), RequestBody.fromString("" + writer));
      winners.add(writer);
    } catch (S3Exception e) {
      assertThat(e.statusCode()).isEqualTo(412);
    }
  }

  @Test
  void overwritesOnlyTheVersionThatIsMeant() {
    put("a", "one");
    String one = s3.headObject(r -> r.bucket("bkt").key("a")).eTag();
    s3.putObject(r -> r.bucket("bkt").key("a").ifMatch(one), RequestBody.fromString("two"));

    assertStatus(
        () ->
            s3.putObject(
                r -> r.bucket("bkt").key("a").ifMatch(one), RequestBody.fromString("three")),
        412,
        "PreconditionFailed");
    assertStatus(
        () ->
            s3.putObject(
                r -> r.bucket("bkt").key("none").ifMatch(one), RequestBody.fromString("x")),
        404,
        "NoSuchKey");
  }

  @Test
  void readersOfAnOverwrittenObjectNeverSeeAMixture() throws Exception {
    put("hot", "0".repeat(100_000));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var writer =
          threads.submit(() -> {
            for (int i = 1; i < 60; i++) {
              put("hot", ("" + i % 10).repeat(100_000));
            }
          });
      while (!writer.isDone()) {
        String text = s3.getObjectAsBytes(r -> r.bucket("bkt").key("hot")).asUtf8String();
        assertThat(text).hasSize(100_000);
        assertThat(text.chars().distinct().count()).isEqualTo(1);
      }
      writer.get();
    }
    assertThat(StoreFiles.blobs(folder)).hasSize(1);
  }

  @Test
  void copiesWithMetadataKeptOrReplacedAndByCondition() {
    s3.putObject(
        r -> r.bucket("bkt").key("a").metadata(java.util.Map.of("who", "a")).tagging("t=1"),
        RequestBody.fromString("x"));
    String etag = s3.headObject(r -> r.bucket("bkt").key("a")).eTag();
    s3.copyObject(
        c -> c.sourceBucket("bkt").sourceKey("a").destinationBucket("bkt").destinationKey("k"));
    s3.copyObject(c ->
        c.sourceBucket("bkt")
            .sourceKey("a")
            .destinationBucket("bkt")
            .destinationKey("a")
            .metadataDirective(MetadataDirective.REPLACE)
            .metadata(java.util.Map.of("who", "b")));

    assertThat(s3.headObject(r -> r.bucket("bkt").key("k")).metadata()).containsEntry("who", "a");
    assertThat(s3.headObject(r -> r.bucket("bkt").key("a")).metadata()).containsEntry("who", "b");
    assertThat(s3.getObjectTagging(r -> r.bucket("bkt").key("k")).tagSet())
        .containsExactly(Tag.builder().key("t").value("1").build());
    assertStatus(
        () ->
            s3.copyObject(c ->
                c.sourceBucket("bkt")
                    .sourceKey("a")
                    .destinationBucket("bkt")
                    .destinationKey("z")
                    .copySourceIfNoneMatch(etag)),
        412,
        "PreconditionFailed");
    assertStatus(
        () ->
            s3.copyObject(c ->
                c.sourceBucket("bkt").sourceKey("a").destinationBucket("bkt").destinationKey("a")),
        400,
        "InvalidRequest");
  }

  @Test
  void deletesInBatchesAndBucketsOnlyWhenEmpty() {
    put("a", "x");
    put("b & <c>", "x");
    assertStatus(() -> s3.deleteBucket(r -> r.bucket("bkt")), 409, "BucketNotEmpty");

    var answer =
        s3.deleteObjects(r ->
            r.bucket("bkt")
                .delete(
                    Delete.builder()
                        .objects(
                            List.of("a", "b & <c>", "never").stream()
                                .map(key -> ObjectIdentifier.builder().key(key).build())
                                .toList())
                        .build()));

    assertThat(answer.deleted()).extracting(d -> d.key()).containsExactly("a", "b & <c>", "never");
    s3.deleteBucket(r -> r.bucket("bkt"));
    assertStatus(() -> s3.headBucket(r -> r.bucket("bkt")), 404, "");
  }

  @Test
  void servesPresignedGetAndPutUntilTheyExpire() throws Exception {
    try (S3Presigner presigner = StoreClients.presigner(store);
        HttpClient http = HttpClient.newHttpClient()) {
      URI put =
          presigner
              .presignPutObject(p ->
                  p.signatureDuration(Duration.ofMinutes(5))
                      .putObjectRequest(r -> r.bucket("bkt").key("pre/ü +%")))
              .url()
              .toURI();
      URI get =
          presigner
              .presignGetObject(p ->
                  p.signatureDuration(Duration.ofDays(7))
                      .getObjectRequest(r ->
                          r.bucket("bkt")
                              .key("pre/ü +%")
                              .responseContentDisposition("attachment; filename=\"x y\"")))
              .url()
              .toURI();

      var stored =
          http.send(
              HttpRequest.newBuilder(put)
                  .header("content-type", "application/x-www-form-urlencoded")
                  .PUT(HttpRequest.BodyPublishers.ofString("a=b&c"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      var read =
          http.send(HttpRequest.newBuilder(get).build(), HttpResponse.BodyHandlers.ofString());
      var otherMethod =
          http.send(
              HttpRequest.newBuilder(get).DELETE().build(), HttpResponse.BodyHandlers.ofString());
      var otherKey =
          http.send(
              HttpRequest.newBuilder(URI.create(get.toString().replace("pre", "prf"))).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
      assertThat(stored.headers().firstValue("x-millrace-generation")).contains("1");
      assertThat(read.body()).isEqualTo("a=b&c");
      assertThat(read.headers().firstValue("content-disposition"))
          .contains("attachment; filename=\"x y\"");
      assertThat(otherMethod.statusCode()).isEqualTo(403);
      assertThat(otherKey.body()).contains("SignatureDoesNotMatch");
    }
  }

  @Test
  void answersTheQuestionsThatClientsAskFirst() {
    put("a", "x");

    assertThat(s3.getObjectTagging(r -> r.bucket("bkt").key("a")).tagSet()).isEmpty();
    assertThat(s3.getBucketLocation(r -> r.bucket("bkt")).locationConstraintAsString())
        .isIn("", null);
    assertThat(s3.getBucketVersioning(r -> r.bucket("bkt")).status()).isNull();
    assertThat(s3.getBucketNotificationConfiguration(r -> r.bucket("bkt")).queueConfigurations())
        .isEmpty();
    assertThat(s3.listBuckets().buckets()).extracting(x -> x.name()).containsExactly("bkt");
    s3.putObjectTagging(r ->
        r.bucket("bkt")
            .key("a")
            .tagging(t -> t.tagSet(Tag.builder().key("k &").value("v=").build())));
    assertThat(s3.getObjectTagging(r -> r.bucket("bkt").key("a")).tagSet())
        .containsExactly(Tag.builder().key("k &").value("v=").build());
    s3.deleteObjectTagging(r -> r.bucket("bkt").key("a"));
    assertThat(s3.getObjectTagging(r -> r.bucket("bkt").key("a")).tagSet()).isEmpty();
  }

  @Test
  void listsManyKeysInFullAndByDelimiterWithVersionOneToo() throws Exception {
    // Fewer at a time than the client has connections: none waits for one in vain.
    try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
      List<Future<?>> puts = new ArrayList<>();
      for (int i = 0; i < 2500; i++) {
        String key = String.format("dir%02d/%04d", i % 25, i);
        puts.add(threads.submit(() -> put(key, "x")));
      }
      for (Future<?> each : puts) {
        each.get();
      }
    }

    long all =
        s3.listObjectsV2Paginator(r -> r.bucket("bkt")).contents().stream().distinct().count();
    var first = s3.listObjects(r -> r.bucket("bkt").delimiter("/").maxKeys(20));
    var second =
        s3.listObjects(r -> r.bucket("bkt").delimiter("/").maxKeys(20).marker(first.nextMarker()));

    assertThat(all).isEqualTo(2500);
    assertThat(first.commonPrefixes()).hasSize(20);
    assertThat(second.commonPrefixes()).hasSize(5);
    assertThat(first.contents()).isEmpty();
    assertThat(second.isTruncated()).isFalse();
  }

  private void put(String key, String text) {
    s3.putObject(r -> r.bucket("bkt").key(key), RequestBody.fromString(text));
  }

  private String range(String range) {
    return s3.getObjectAsBytes(r -> r.bucket("bkt").key("digits").range(range)).asUtf8String();
  }

  private static void assertStatus(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int status, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(status);
              if (!code.isEmpty()) {
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
              }
            });
  }
}
