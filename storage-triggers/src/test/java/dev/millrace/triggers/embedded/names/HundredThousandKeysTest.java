package dev.millrace.triggers.embedded.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.BlobPlace;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * 100,000 keys, which nobody changes, listed over HTTP. What it takes is printed, and judged
 * elsewhere.
 */
final class HundredThousandKeysTest {
  private static final int KEYS = 100_000;

  @TempDir static Path folder;
  private static EmbeddedStore store;
  private static S3Client s3;

  @BeforeAll
  static void start() throws IOException {
    try (NameDatabase database =
        NameDatabase.open(folder.resolve("names.sqlite"), new CommitSignal())) {
      database.write(HundredThousandKeysTest::fill);
    }
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 =
        S3Client.builder()
            .endpointOverride(store.endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(
                        store.accessKey().id(), store.accessKey().secret().value())))
            .build();
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void listsEveryKeyOnceInOrder() {
    s3.listObjectsV2(r -> r.bucket("many").maxKeys(1));
    List<String> keys = new ArrayList<>(KEYS);
    long begin = System.nanoTime();
    ListObjectsV2Response page = s3.listObjectsV2(r -> r.bucket("many"));
    long first = System.nanoTime() - begin;
    page.contents().stream().map(S3Object::key).forEach(keys::add);
    while (Boolean.TRUE.equals(page.isTruncated())) {
      String token = page.nextContinuationToken();
      page = s3.listObjectsV2(r -> r.bucket("many").continuationToken(token));
      page.contents().stream().map(S3Object::key).forEach(keys::add);
    }
    long all = System.nanoTime() - begin;

    System.out.printf(
        "%d keys listed in %d ms, first page in %d ms%n", KEYS, all / 1_000_000, first / 1_000_000);
    assertThat(keys).hasSize(KEYS).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void seeksOverTheKeysOfACommonPrefix() {
    long begin = System.nanoTime();
    ListObjectsV2Response page = s3.listObjectsV2(r -> r.bucket("many").delimiter("/"));

    System.out.printf("100 prefixes in %d ms%n", (System.nanoTime() - begin) / 1_000_000);
    assertThat(page.commonPrefixes()).hasSize(100);
    assertThat(page.commonPrefixes()).extracting(CommonPrefix::prefix).isSorted();
    assertThat(page.contents()).isEmpty();
    assertThat(page.isTruncated()).isFalse();
  }

  private static int fill(Statements statements) throws SQLException {
    statements.update("INSERT INTO buckets(name, created_us) VALUES ('many', 0)");
    for (int i = 0; i < KEYS; i++) {
      String md5 = "%032x".formatted(i);
      Content content =
          Content.single(new BlobPlace.InFile(new BlobId(md5)), 1, md5, Optional.empty());
      ObjectRows.NewObject object =
          new ObjectRows.NewObject(
              "many",
              ObjectKey.bytes("dir%02d/object-%06d.fa".formatted(i % 100, i)),
              EventName.CREATED_PUT,
              ObjectHeaders.NONE,
              "",
              i);
      ObjectRows.place(
          statements, object, ContentRows.insert(statements, content), content, Optional.empty());
    }
    return KEYS;
  }
}
