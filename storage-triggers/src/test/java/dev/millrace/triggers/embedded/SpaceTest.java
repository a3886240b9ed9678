package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Quotas, and the floor of free space. */
@ParameterizedClass(name = "rows up to {0} bytes")
@ValueSource(ints = {0, StoreConfig.Space.SMALL_MAX_BYTES})
final class SpaceTest {
  @Parameter int smallMaxBytes;
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void refusesWhatWouldGrowABucketBeyondItsQuotaAndTakesItWhenThereIsRoomAgain() throws Exception {
    start(new StoreConfig.Space(0, Long.MAX_VALUE, 100));
    put("inbox", "a", 60);

    assertRefused(() -> put("inbox", "b", 41), 403, "QuotaExceeded");
    assertRefused(
        () ->
            s3.copyObject(r ->
                r.sourceBucket("inbox")
                    .sourceKey("a")
                    .destinationBucket("inbox")
                    .destinationKey("b")),
        403,
        "QuotaExceeded");
    assertThat(StoreFiles.blobs(folder)).hasSize(1);
    put("other", "b", 100);
    put("inbox", "a", 100);
    put("inbox", "a", 10);
    put("inbox", "b", 90);
    assertRefused(() -> put("inbox", "c", 1), 403, "QuotaExceeded");
    s3.deleteObject(r -> r.bucket("inbox").key("b"));
    put("inbox", "c", 90);
    assertThat(StoreFiles.blobs(folder)).hasSize(3);
  }

  @Test
  void refusesWhatWouldGrowTheStoreBeyondItsQuota() throws Exception {
    start(new StoreConfig.Space(0, 100, 80));
    put("inbox", "a", 60);

    assertRefused(() -> put("other", "b", 41), 403, "QuotaExceeded");
    put("other", "b", 40);
    HttpResponse<String> form =
        new SignedForm(
                store,
                Instant.now().plusSeconds(600),
                "[[\"eq\", \"$bucket\", \"inbox\"], [\"starts-with\", \"$key\", \"\"]]")
            .with("key", "c")
            .post(store, "inbox", "x", new byte[1]);
    assertThat(form.body()).contains("<Code>QuotaExceeded</Code>");
    assertThat(StoreFiles.blobs(folder)).hasSize(2);
  }

  @Test
  void countsPartsOnceWhateverBecomesOfThem() throws Exception {
    start(new StoreConfig.Space(0, Long.MAX_VALUE, 100));
    String first = create("big");
    part("big", first, 1, 60);
    part("big", first, 1, 70);
    assertRefused(() -> part("big", first, 2, 31), 403, "QuotaExceeded");
    assertRefused(() -> put("inbox", "x", 31), 403, "QuotaExceeded");
    s3.abortMultipartUpload(r -> r.bucket("inbox").key("big").uploadId(first));

    String second = create("big");
    String etag = part("big", second, 1, 100);
    s3.completeMultipartUpload(r ->
        r.bucket("inbox")
            .key("big")
            .uploadId(second)
            .multipartUpload(m -> m.parts(p -> p.partNumber(1).eTag(etag))));

    assertThat(used()).isEqualTo(Map.of("inbox", 100L));
    s3.deleteObject(r -> r.bucket("inbox").key("big"));
    assertThat(used()).isEqualTo(Map.of("inbox", 0L));
    s3.deleteBucket(r -> r.bucket("inbox"));
    assertThat(used()).isEmpty();
  }

  @Test
  void leavesTheFloorFreeAndCanStillDeleteThere() throws Exception {
    start(new StoreConfig.Space(0, Long.MAX_VALUE, Long.MAX_VALUE));
    put("inbox", "a", 60);
    s3.close();
    store.close();
    long free = Files.getFileStore(folder).getUsableSpace();
    start(new StoreConfig.Space(free * 2, Long.MAX_VALUE, Long.MAX_VALUE));

    assertRefused(() -> put("inbox", "b", 1), 507, "InsufficientStorage");
    assertRefused(() -> put("inbox", "b", 0), 507, "InsufficientStorage");
    String upload = create("big");
    assertRefused(() -> part("big", upload, 1, 1), 507, "InsufficientStorage");

    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key("a")).asByteArray()).hasSize(60);
    s3.copyObject(
        r -> r.sourceBucket("inbox").sourceKey("a").destinationBucket("inbox").destinationKey("c"));
    s3.deleteObject(r -> r.bucket("inbox").key("a"));
    s3.deleteObject(r -> r.bucket("inbox").key("c"));
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void opensAFolderOfTheFirstVersionAndCountsWhatIsThere() throws Exception {
    start(new StoreConfig.Space(0, Long.MAX_VALUE, Long.MAX_VALUE), 0);
    put("inbox", "a", 60);
    part("big", create("big"), 1, 30);
    s3.close();
    store.close();
    try (Connection names = StoreFiles.names(folder);
        Statement statement = names.createStatement()) {
      for (String trigger :
          new String[] {
            "objects_grow", "objects_shrink", "upload_parts_grow", "upload_parts_shrink"
          }) {
        statement.execute("DROP TRIGGER " + trigger);
      }
      statement.execute("DROP TABLE bucket_usage");
      statement.execute("DROP TABLE small_bytes");
      statement.execute("DROP TABLE bucket_documents");
      statement.execute("PRAGMA user_version = 1");
    }

    start(new StoreConfig.Space(0, Long.MAX_VALUE, 100));

    assertThat(used()).isEqualTo(Map.of("inbox", 90L));
    assertRefused(() -> put("inbox", "b", 11), 403, "QuotaExceeded");
    put("inbox", "b", 10);
    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key("a")).asByteArray()).hasSize(60);
    s3.deleteObject(r -> r.bucket("inbox").key("a"));
    assertThat(StoreFiles.blobs(folder)).hasSize(2);
  }

  private void start(StoreConfig.Space space) throws IOException {
    start(space, smallMaxBytes);
  }

  private void start(StoreConfig.Space space, int smallMaxBytes) throws IOException {
    store =
        EmbeddedStore.start(
            StoreConfig.in(folder).withSpace(space).withSmallMaxBytes(smallMaxBytes));
    s3 = StoreClients.sdk(store);
    for (String bucket : new String[] {"inbox", "other"}) {
      try {
        s3.createBucket(r -> r.bucket(bucket));
      } catch (S3Exception e) {
        assertThat(e.awsErrorDetails().errorCode()).isEqualTo("BucketAlreadyOwnedByYou");
      }
    }
  }

  private void put(String bucket, String key, int bytes) {
    s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromBytes(new byte[bytes]));
  }

  private String create(String key) {
    return s3.createMultipartUpload(r -> r.bucket("inbox").key(key)).uploadId();
  }

  private String part(String key, String upload, int number, int bytes) {
    return s3.uploadPart(
            r -> r.bucket("inbox").key(key).uploadId(upload).partNumber(number),
            RequestBody.fromBytes(new byte[bytes]))
        .eTag();
  }

  private Map<String, Long> used() throws Exception {
    Map<String, Long> used = new HashMap<>();
    try (Connection names = StoreFiles.names(folder);
        Statement statement = names.createStatement();
        var rows = statement.executeQuery("SELECT bucket, bytes FROM bucket_usage")) {
      while (rows.next()) {
        used.put(rows.getString(1), rows.getLong(2));
      }
    }
    return used;
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int status, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(status);
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
            });
  }
}
