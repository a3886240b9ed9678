package dev.millrace.triggers.embedded.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import io.minio.BucketExistsArgs;
import io.minio.Checksum;
import io.minio.ComposeObjectArgs;
import io.minio.CopyObjectArgs;
import io.minio.Directive;
import io.minio.GetObjectArgs;
import io.minio.GetObjectTagsArgs;
import io.minio.GetPresignedObjectUrlArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PostPolicy;
import io.minio.PutObjectArgs;
import io.minio.RemoveBucketArgs;
import io.minio.RemoveObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.SetObjectTagsArgs;
import io.minio.SourceObject;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The store's surface by MinIO's own Java client. */
final class MinioClientIT {
  private static final String BUCKET = "minio";
  private static final int MIB = 1 << 20;
  @TempDir static Path folder;
  private static EmbeddedStore store;
  private static MinioClient client;

  @BeforeAll
  static void start() throws Exception {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    client =
        MinioClient.builder()
            .endpoint(store.endpoint().toString())
            .region(store.region())
            .credentials(store.accessKey().id(), store.accessKey().secret().value())
            .build();
    client.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    store.close();
  }

  private static void put(String key, byte[] bytes) throws Exception {
    client.putObject(
        PutObjectArgs.builder().bucket(BUCKET).object(key).data(bytes, bytes.length).build());
  }

  private static void put(String key, String text) throws Exception {
    put(key, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] get(String key) throws Exception {
    try (InputStream in =
        client.getObject(GetObjectArgs.builder().bucket(BUCKET).object(key).build())) {
      return in.readAllBytes();
    }
  }

  private static StatObjectResponse stat(String key) throws Exception {
    return client.statObject(StatObjectArgs.builder().bucket(BUCKET).object(key).build());
  }

  private static List<String> list(ListObjectsArgs args) throws Exception {
    List<String> names = new ArrayList<>();
    for (Result<Item> item : client.listObjects(args)) {
      names.add(item.get().objectName());
    }
    return names;
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void assertRefused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ErrorResponseException.class,
            e -> assertThat(e.errorResponse().code()).isEqualTo(code));
  }

  @Test
  void makesFindsListsAndRemovesBuckets() throws Exception {
    client.makeBucket(MakeBucketArgs.builder().bucket("another").build());

    assertThat(client.bucketExists(BucketExistsArgs.builder().bucket("another").build())).isTrue();
    assertThat(client.bucketExists(BucketExistsArgs.builder().bucket("never").build())).isFalse();
    assertRefused(
        "BucketAlreadyOwnedByYou",
        () -> client.makeBucket(MakeBucketArgs.builder().bucket("another").build()));
    client.removeBucket(RemoveBucketArgs.builder().bucket("another").build());
    assertThat(client.bucketExists(BucketExistsArgs.builder().bucket("another").build())).isFalse();
    put("keeps/the/bucket", "x");
    assertRefused(
        "BucketNotEmpty",
        () -> client.removeBucket(RemoveBucketArgs.builder().bucket(BUCKET).build()));
  }

  @Test
  void keepsMetadataTagsAndType() throws Exception {
    client.putObject(
        PutObjectArgs.builder()
            .bucket(BUCKET)
            .object("meta")
            .data("hello".getBytes(StandardCharsets.UTF_8), 5)
            .contentType("text/x-odd")
            .userMetadata(Map.of("owner", "me"))
            .tags(Map.of("a", "b c"))
            .build());

    assertThat(stat("meta").etag()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(stat("meta").contentType()).isEqualTo("text/x-odd");
    assertThat(stat("meta").headers().get("x-amz-meta-owner")).isEqualTo("me");
    assertThat(tags("meta")).containsExactly(Map.entry("a", "b c"));
    client.setObjectTags(
        SetObjectTagsArgs.builder().bucket(BUCKET).object("meta").tags(Map.of("c", "d")).build());
    assertThat(tags("meta")).containsExactly(Map.entry("c", "d"));
  }

  private static Map<String, String> tags(String key) throws Exception {
    return client
        .getObjectTags(GetObjectTagsArgs.builder().bucket(BUCKET).object(key).build())
        .get();
  }

  @Test
  void readsRangesAndUnderConditions() throws Exception {
    put("digits", "0123456789");
    GetObjectArgs middle =
        GetObjectArgs.builder().bucket(BUCKET).object("digits").offset(2L).length(3L).build();

    try (InputStream in = client.getObject(middle)) {
      assertThat(in.readAllBytes()).asString().isEqualTo("234");
    }
    assertRefused(
        "PreconditionFailed",
        () ->
            client.getObject(
                GetObjectArgs.builder()
                    .bucket(BUCKET)
                    .object("digits")
                    .matchETag("\"other\"")
                    .build()));
    assertRefused("NoSuchKey", () -> get("never"));
  }

  @Test
  void takesAStreamOfUnknownLengthByParts() throws Exception {
    byte[] bytes = random(11 * MIB);

    client.putObject(
        PutObjectArgs.builder().bucket(BUCKET).object("stream").stream(
                new ByteArrayInputStream(bytes), -1L, 5L * MIB)
            .build());

    assertThat(stat("stream").etag()).endsWith("-3");
    assertThat(get("stream")).isEqualTo(bytes);
  }

  /**
   * Whole-object sums in one piece and by parts; the client itself has the rest in one way only.
   */
  @ParameterizedTest
  @CsvSource({
    "CRC32, 70000",
    "CRC32, 6291456",
    "CRC32C, 70000",
    "CRC32C, 6291456",
    "CRC64NVME, 70000",
    "SHA1, 6291456",
    "SHA256, 6291456"
  })
  void sendsEveryChecksum(Checksum.Algorithm algorithm, int size) throws Exception {
    byte[] bytes = random(size);
    String key = "sum-" + algorithm + "-" + size;

    client.putObject(
        PutObjectArgs.builder().bucket(BUCKET).object(key).stream(
                new ByteArrayInputStream(bytes), (long) size, 5L * MIB)
            .checksum(algorithm)
            .build());

    assertThat(get(key)).isEqualTo(bytes);
    assertThat(
            client
                .statObject(
                    StatObjectArgs.builder().bucket(BUCKET).object(key).fetchChecksum(true).build())
                .checksums())
        .containsKey(algorithm);
  }

  @Test
  void copiesAndComposesOnTheServer() throws Exception {
    byte[] big = random(6 * MIB);
    put("source +é", big);
    put("tail", "tail");

    client.copyObject(
        CopyObjectArgs.builder()
            .bucket(BUCKET)
            .object("copied")
            .source(SourceObject.builder().bucket(BUCKET).object("source +é").build())
            .userMetadata(Map.of("new", "yes"))
            .metadataDirective(Directive.REPLACE)
            .build());
    client.composeObject(
        ComposeObjectArgs.builder()
            .bucket(BUCKET)
            .object("composed")
            .sources(
                // The client changes the list that it is given.
                new ArrayList<>(
                    List.of(
                        SourceObject.builder().bucket(BUCKET).object("source +é").build(),
                        SourceObject.builder().bucket(BUCKET).object("tail").build())))
            .build());

    assertThat(get("copied")).isEqualTo(big);
    assertThat(stat("copied").headers().get("x-amz-meta-new")).isEqualTo("yes");
    assertThat(get("composed")).startsWith(big).hasSize(big.length + 4);
  }

  @Test
  void listsInBothVersionsByPrefixDelimiterAndPage() throws Exception {
    for (String key : List.of("list/a/1", "list/a/2", "list/b", "list/c d+é", "list/d")) {
      put(key, key);
    }
    for (boolean version1 : List.of(true, false)) {
      ListObjectsArgs.Builder args =
          ListObjectsArgs.builder()
              .bucket(BUCKET)
              .prefix("list/")
              .maxKeys(2)
              .useApiVersion1(version1);

      assertThat(list(args.recursive(false).build()))
          .containsExactlyInAnyOrder("list/a/", "list/b", "list/c d+é", "list/d");
      assertThat(list(args.recursive(true).build()))
          .containsExactly("list/a/1", "list/a/2", "list/b", "list/c d+é", "list/d");
    }
  }

  static List<String> oddKeys() {
    return List.of(
        "two words plus+percent%20 % a%2Fb",
        "é-nfc",
        "e\u0301-nfd",
        "\uD83E\uDDEC\uD83D\uDE80",
        "what?a#b&c=d",
        "quo\"te'<&>back\\slash",
        "/leading",
        "trailing/",
        "dots../..dots",
        "line\nfeed\ttab\u0007bell",
        "k".repeat(1024));
  }

  @ParameterizedTest
  @MethodSource("oddKeys")
  void keysAreNamesNotPaths(String key) throws Exception {
    put(key, "of " + key);

    assertThat(get(key)).asString(StandardCharsets.UTF_8).isEqualTo("of " + key);
    assertThat(
            list(
                ListObjectsArgs.builder()
                    .bucket(BUCKET)
                    .prefix(key)
                    .recursive(true)
                    .useUrlEncodingType(true)
                    .build()))
        .contains(key);
    client.removeObject(RemoveObjectArgs.builder().bucket(BUCKET).object(key).build());
    assertThatThrownBy(() -> stat(key)).isInstanceOf(ErrorResponseException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "./x", "../x", "a/./b", "a/../b", "a/.."})
  void theClientItselfRefusesDotsAsSegments(String key) {
    assertThatThrownBy(() -> put(key, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'.' or '..'");
  }

  @Test
  void theClientItselfMergesSlashes() throws Exception {
    put("merged//slashes", "x");

    assertThat(get("merged/slashes")).asString().isEqualTo("x");
    assertThat(
            list(
                ListObjectsArgs.builder().bucket(BUCKET).prefix("merged/").recursive(true).build()))
        .containsExactly("merged/slashes");
  }

  @Test
  void refusesAKeyOfMoreThan1024Bytes() {
    assertRefused("KeyTooLongError", () -> put("k".repeat(1025), "x"));
  }

  @Test
  void removesManyAtOnce() throws Exception {
    List<DeleteRequest.Object> wanted = new ArrayList<>();
    for (String key : List.of("many/1", "many/2 +é", "many/<3>")) {
      put(key, key);
      wanted.add(new DeleteRequest.Object(key));
    }

    for (Result<DeleteResult.Error> error :
        client.removeObjects(RemoveObjectsArgs.builder().bucket(BUCKET).objects(wanted).build())) {
      assertThat(error.get()).isNull();
    }

    assertThat(
            list(ListObjectsArgs.builder().bucket(BUCKET).prefix("many/").recursive(true).build()))
        .isEmpty();
  }

  @Test
  void signsUrlsAndForms() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.ofString("by url");
      assertThat(status(http, HttpRequest.newBuilder(url(Http.Method.PUT)).PUT(body)))
          .isEqualTo(200);
      assertThat(get("signed é")).asString().isEqualTo("by url");
      assertThat(status(http, HttpRequest.newBuilder(url(Http.Method.GET)))).isEqualTo(200);

      PostPolicy policy = new PostPolicy(BUCKET, ZonedDateTime.now().plusMinutes(5));
      policy.addEqualsCondition("key", "by form");
      policy.addContentLengthRangeCondition(1, 100);
      Map<String, String> fields = client.getPresignedPostFormData(policy);
      assertThat(status(http, form(fields, "by form", "x".repeat(100)))).isEqualTo(204);
      assertThat(status(http, form(fields, "other", "x"))).isEqualTo(403);
      assertThat(status(http, form(fields, "by form", "x".repeat(101)))).isEqualTo(400);
      assertThat(get("by form")).hasSize(100);
    }
  }

  private static URI url(Http.Method method) throws Exception {
    return URI.create(
        client.getPresignedObjectUrl(
            GetPresignedObjectUrlArgs.builder()
                .bucket(BUCKET)
                .object("signed é")
                .method(method)
                .expiry(5, TimeUnit.MINUTES)
                .build()));
  }

  private static int status(HttpClient http, HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static HttpRequest.Builder form(Map<String, String> fields, String key, String file) {
    return Form.upload(store.endpoint().resolve("/" + BUCKET), fields, key, file);
  }
}
