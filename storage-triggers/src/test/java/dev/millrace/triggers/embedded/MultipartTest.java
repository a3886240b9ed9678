package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.names.EventName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

final class MultipartTest {
  private static final int MIB = 1 << 20;

  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("big"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void makesOneObjectOfItsPartsAndOneEvent() throws Exception {
    byte[] bytes = random(11 * MIB);
    String id = begin("whole");
    CompletedPart one = part("whole", id, 1, Arrays.copyOfRange(bytes, 0, 6 * MIB));
    CompletedPart two = part("whole", id, 2, Arrays.copyOfRange(bytes, 6 * MIB, 11 * MIB));
    assertThat(s3.listMultipartUploads(r -> r.bucket("big")).uploads())
        .extracting(u -> u.uploadId())
        .containsExactly(id);
    assertThat(s3.listParts(r -> r.bucket("big").key("whole").uploadId(id)).parts())
        .extracting(p -> p.partNumber())
        .containsExactly(1, 2);

    CompleteMultipartUploadResponse done = complete("whole", id, one, two);

    assertThat(done.eTag()).endsWith("-2\"");
    assertThat(s3.getObjectAsBytes(r -> r.bucket("big").key("whole")).asByteArray())
        .isEqualTo(bytes);
    byte[] across =
        s3.getObjectAsBytes(r -> r.bucket("big").key("whole").range("bytes=6291450-6291470"))
            .asByteArray();
    assertThat(across).isEqualTo(Arrays.copyOfRange(bytes, 6291450, 6291471));
    assertThat(store.outbox().eventsAfter(0, 10))
        .extracting(event -> event.name())
        .containsExactly(EventName.CREATED_COMPLETE_MULTIPART_UPLOAD);
  }

  @Test
  void answersARetriedCompletionTheSame() throws Exception {
    String id = begin("again");
    CompletedPart one = part("again", id, 1, random(10));

    CompleteMultipartUploadResponse first = complete("again", id, one);
    CompleteMultipartUploadResponse second = complete("again", id, one);

    assertThat(second.eTag()).isEqualTo(first.eTag());
    assertThat(store.outbox().eventsAfter(0, 10)).hasSize(1);
  }

  @Test
  void holdsAChecksumInTheHeadOfACompletionAgainstTheObjectNotAgainstTheDocument() {
    byte[] bytes = random(5 * MIB);
    String id =
        s3.createMultipartUpload(r ->
                r.bucket("big")
                    .key("sum")
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32_C)
                    .checksumType(ChecksumType.FULL_OBJECT))
            .uploadId();
    CompletedPart one = part("sum", id, 1, bytes, ChecksumAlgorithm.CRC32_C);

    assertCode(() -> complete("sum", id, "AAAAAA==", one), "BadDigest");
    complete("sum", id, one.checksumCRC32C(), one);

    assertThat(
            s3.headObject(r -> r.bucket("big").key("sum").checksumMode(ChecksumMode.ENABLED))
                .checksumCRC32C())
        .isEqualTo(one.checksumCRC32C());
  }

  private void complete(String key, String id, String crc32c, CompletedPart part) {
    s3.completeMultipartUpload(r ->
        r.bucket("big")
            .key(key)
            .uploadId(id)
            .checksumCRC32C(crc32c)
            .multipartUpload(m -> m.parts(part)));
  }

  @Test
  void computesTheChecksumOfTheWholeFromThoseOfTheParts() {
    for (ChecksumAlgorithm algorithm :
        List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C)) {
      byte[] bytes = random(5 * MIB + 1234);
      String key = "sum-" + algorithm;
      String id =
          s3.createMultipartUpload(r ->
                  r.bucket("big")
                      .key(key)
                      .checksumAlgorithm(algorithm)
                      .checksumType(ChecksumType.FULL_OBJECT))
              .uploadId();
      CompletedPart one = part(key, id, 1, Arrays.copyOf(bytes, 5 * MIB), algorithm);
      CompletedPart two =
          part(key, id, 2, Arrays.copyOfRange(bytes, 5 * MIB, bytes.length), algorithm);
      complete(key, id, one, two);
      s3.putObject(
          r -> r.bucket("big").key("plain").checksumAlgorithm(algorithm),
          RequestBody.fromBytes(bytes));

      var whole = s3.headObject(r -> r.bucket("big").key(key).checksumMode(ChecksumMode.ENABLED));
      var plain =
          s3.headObject(r -> r.bucket("big").key("plain").checksumMode(ChecksumMode.ENABLED));

      assertThat(whole.checksumType()).isEqualTo(ChecksumType.FULL_OBJECT);
      assertThat(List.of("" + whole.checksumCRC32(), "" + whole.checksumCRC32C()))
          .isEqualTo(List.of("" + plain.checksumCRC32(), "" + plain.checksumCRC32C()))
          .anyMatch(value -> !value.equals("null"));
    }
  }

  @Test
  void refusesPartsThatAreWrong() {
    String id = begin("wrong");
    CompletedPart small = part("wrong", id, 1, random(100));
    CompletedPart last = part("wrong", id, 2, random(100));
    CompletedPart forged = last.toBuilder().eTag("\"0123456789abcdef0123456789abcdef\"").build();
    CompletedPart missing = last.toBuilder().partNumber(7).build();

    assertCode(() -> complete("wrong", id, small, last), "EntityTooSmall");
    assertCode(() -> complete("wrong", id, last, small), "InvalidPartOrder");
    assertCode(() -> complete("wrong", id, small, forged), "InvalidPart");
    assertCode(() -> complete("wrong", id, missing), "InvalidPart");
    assertCode(() -> complete("wrong", "no-such-upload", small), "NoSuchUpload");
    assertCode(() -> complete("other", id, small), "NoSuchUpload");
  }

  @Test
  void leavesNothingAfterAnAbort() {
    String id = begin("gone");
    part("gone", id, 1, random(1000));
    part("gone", id, 1, random(1000));

    s3.abortMultipartUpload(r -> r.bucket("big").key("gone").uploadId(id));

    assertThat(StoreFiles.blobs(folder)).isEmpty();
    assertCode(
        () -> s3.abortMultipartUpload(r -> r.bucket("big").key("gone").uploadId(id)),
        "NoSuchUpload");
  }

  @Test
  void copiesRangesOfAnObjectAsParts() {
    byte[] bytes = random(6 * MIB);
    s3.putObject(r -> r.bucket("big").key("source"), RequestBody.fromBytes(bytes));
    String id = begin("copied");
    CompletedPart one = copiedPart(id, 1, "bytes=0-5242879");
    CompletedPart two = copiedPart(id, 2, "bytes=5242880-6291455");

    complete("copied", id, one, two);

    assertThat(s3.getObjectAsBytes(r -> r.bucket("big").key("copied")).asByteArray())
        .isEqualTo(bytes);
    assertCode(() -> copiedPart(begin("x"), 1, "bytes=0-6291456"), "InvalidArgument");
  }

  @Test
  void sparesPartsOfPendingUploadsAtTheNextStartAndSweepsWhatNothingNames() throws Exception {
    byte[] bytes = random(1000);
    String id = begin("later");
    CompletedPart one = part("later", id, 1, bytes);
    s3.putObject(r -> r.bucket("big").key("kept"), RequestBody.fromBytes(bytes));
    store.close();
    Path waste = folder.resolve("blobs/ab/abcdef0123456789abcdef0123456789");
    java.nio.file.Files.write(waste, bytes);

    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3.close();
    s3 = StoreClients.sdk(store);

    assertThat(waste).doesNotExist();
    assertThat(StoreFiles.blobs(folder)).hasSize(2);
    complete("later", id, one);
    assertThat(s3.getObjectAsBytes(r -> r.bucket("big").key("later")).asByteArray())
        .isEqualTo(bytes);
    assertThat(s3.getObjectAsBytes(r -> r.bucket("big").key("kept")).asByteArray())
        .isEqualTo(bytes);
  }

  private CompletedPart copiedPart(String id, int number, String range) {
    String key = number == 1 && range.endsWith("6") ? "x" : "copied";
    String etag =
        s3.uploadPartCopy(r ->
                r.sourceBucket("big")
                    .sourceKey("source")
                    .destinationBucket("big")
                    .destinationKey(key)
                    .uploadId(id)
                    .partNumber(number)
                    .copySourceRange(range))
            .copyPartResult()
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  private String begin(String key) {
    return s3.createMultipartUpload(r -> r.bucket("big").key(key)).uploadId();
  }

  private CompletedPart part(String key, String id, int number, byte[] bytes) {
    return part(key, id, number, bytes, ChecksumAlgorithm.CRC32);
  }

  private CompletedPart part(
      String key, String id, int number, byte[] bytes, ChecksumAlgorithm algorithm) {
    UploadPartResponse part =
        s3.uploadPart(
            r ->
                r.bucket("big")
                    .key(key)
                    .uploadId(id)
                    .partNumber(number)
                    .checksumAlgorithm(algorithm),
            RequestBody.fromBytes(bytes));
    return CompletedPart.builder()
        .partNumber(number)
        .eTag(part.eTag())
        .checksumCRC32C(part.checksumCRC32C())
        .build();
  }

  private CompleteMultipartUploadResponse complete(String key, String id, CompletedPart... parts) {
    return s3.completeMultipartUpload(
        r -> r.bucket("big").key(key).uploadId(id).multipartUpload(u -> u.parts(parts)));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }
}
