package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Bodies are what was announced, or nothing is kept of them. */
final class BodiesTest {
  private static final String DIGITS_CRC64NVME = "rosUhgp5mIg=";

  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store =
        EmbeddedStore.start(
            StoreConfig.in(folder)
                .withLimits(
                    new StoreConfig.Limits(
                        512,
                        Duration.ofSeconds(30),
                        1 << 20,
                        5 << 20,
                        StoreConfig.Pace.standard())));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"CRC32", "CRC32_C", "SHA1", "SHA256"})
  void keepsTheChecksumOfATrailerAndTheSdkFindsItAgain(ChecksumAlgorithm algorithm) {
    s3.putObject(
        r -> r.bucket("inbox").key("a").checksumAlgorithm(algorithm),
        RequestBody.fromString("123456789"));

    var got =
        s3.getObjectAsBytes(r -> r.bucket("inbox").key("a").checksumMode(ChecksumMode.ENABLED));

    assertThat(got.asUtf8String()).isEqualTo("123456789");
    assertThat(got.response().checksumTypeAsString()).isEqualTo("FULL_OBJECT");
  }

  @Test
  void keepsACrc64NvmeAndRefusesAWrongOne() {
    s3.putObject(
        r -> r.bucket("inbox").key("a").checksumCRC64NVME(DIGITS_CRC64NVME),
        RequestBody.fromString("123456789"));

    assertThat(
            s3.headObject(r -> r.bucket("inbox").key("a").checksumMode(ChecksumMode.ENABLED))
                .checksumCRC64NVME())
        .isEqualTo(DIGITS_CRC64NVME);
    assertCode(
        () ->
            s3.putObject(
                r -> r.bucket("inbox").key("b").checksumCRC64NVME(DIGITS_CRC64NVME),
                RequestBody.fromString("12345678x")),
        "BadDigest");
    assertThat(StoreFiles.blobs(folder)).hasSize(1);
  }

  @Test
  void refusesAWrongMd5AndOneThatIsNone() {
    assertCode(
        () ->
            s3.putObject(
                r -> r.bucket("inbox").key("a").contentMD5("XUFAKrxLKna5cZ2REBfFkg=="),
                RequestBody.fromString("not hello")),
        "BadDigest");
    assertCode(
        () ->
            s3.putObject(
                r -> r.bucket("inbox").key("a").contentMD5("short"), RequestBody.fromString("x")),
        "InvalidDigest");
    assertThat(StoreFiles.blobs(folder)).isEmpty();
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    assertCode(
        () ->
            s3.putObject(
                r -> r.bucket("inbox").key("a"), RequestBody.fromBytes(new byte[(1 << 20) + 1])),
        "EntityTooLarge");
    s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromBytes(new byte[1 << 20]));
  }

  @Test
  void refusesMoreMetadataThanS3Keeps() {
    assertCode(
        () ->
            s3.putObject(
                r -> r.bucket("inbox").key("a").metadata(java.util.Map.of("m", "x".repeat(2048))),
                RequestBody.fromString("x")),
        "MetadataTooLarge");
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }
}
