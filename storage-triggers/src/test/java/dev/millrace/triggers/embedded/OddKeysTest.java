package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Keys are names, not paths: each round-trips unchanged and is signed as the SDK signs it. */
final class OddKeysTest {
  static final List<String> KEYS =
      List.of(
          "a//b",
          "a/./b",
          "./x",
          "../x",
          "x/../y",
          "..",
          ".",
          "/",
          "//",
          "/leading",
          "trailing/",
          "d",
          "d/x",
          "d/x/y",
          "d//",
          "a b",
          "a+b",
          "a%b",
          "a%20b",
          "a%2Fb",
          "100%",
          "a&b=c",
          "a?b",
          "a#b",
          "a;b;c",
          "a:b@c",
          "a=b",
          "a,b",
          "a'b\"c",
          "a<b>c",
          "a[b]{c}",
          "a\\b",
          "a|b^c`d",
          "a~b",
          "a*b",
          "a!b$c(d)",
          "\u00fcmlaut",
          "\u65e5\u672c\u8a9e/\u30ad\u30fc",
          "\ud83e\uddec/\ud83d\ude80.fa",
          "e\u0301 and \u00e9",
          "\u00a0nbsp",
          "tab\tnew\nline",
          "\u0001\u001f\u007f",
          "bucket",
          "%E0%A4%A",
          "k".repeat(1024),
          "\ud83d\ude80".repeat(256));

  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("odd"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void roundTripsEveryKeyUnchanged() {
    for (String key : KEYS) {
      s3.putObject(r -> r.bucket("odd").key(key), RequestBody.fromString("of " + key));
    }

    for (String key : KEYS) {
      assertThat(s3.getObjectAsBytes(r -> r.bucket("odd").key(key)).asUtf8String())
          .as(key)
          .isEqualTo("of " + key);
    }
    assertThat(listed(1000)).containsExactlyElementsOf(inByteOrder());
  }

  @Test
  void listsTheSameInPagesOfThree() {
    for (String key : KEYS) {
      s3.putObject(r -> r.bucket("odd").key(key), RequestBody.fromString(key));
    }

    assertThat(listed(3)).containsExactlyElementsOf(inByteOrder());
  }

  @Test
  void copiesAndDeletesEveryKey() {
    for (String key : KEYS) {
      s3.putObject(r -> r.bucket("odd").key(key), RequestBody.fromString(key));
      s3.copyObject(r ->
          r.sourceBucket("odd").sourceKey(key).destinationBucket("odd").destinationKey("copy"));

      assertThat(s3.getObjectAsBytes(r -> r.bucket("odd").key("copy")).asUtf8String())
          .isEqualTo(key);
      s3.deleteObject(r -> r.bucket("odd").key(key));
    }

    assertThat(listed(1000)).containsExactly("copy");
  }

  @Test
  void refusesAKeyOfMoreThan1024Bytes() {
    String key = "k".repeat(1023) + "\u00fc";

    assertThatThrownBy(
            () -> s3.putObject(r -> r.bucket("odd").key(key), RequestBody.fromString("")))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("KeyTooLongError"));
  }

  private List<String> inByteOrder() {
    List<String> keys = new ArrayList<>(KEYS);
    keys.sort((left, right) ->
        Arrays.compareUnsigned(
            left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
    return keys;
  }

  private List<String> listed(int pageSize) {
    List<String> keys = new ArrayList<>();
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          s3.listObjectsV2(r ->
              r.bucket("odd")
                  .maxKeys(pageSize)
                  .encodingType(EncodingType.URL)
                  .continuationToken(from));
      page.contents().stream().map(S3Object::key).forEach(keys::add);
      token = page.nextContinuationToken();
    } while (token != null);
    return keys;
  }
}
