package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.Permission;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** What clients look at: single parts, attributes, access control, settings, hosts. */
final class LooksTest {
  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder).withDomain(Optional.of("Store.Example")));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void readsTheSinglePartsOfAnObject() {
    byte[] large = new byte[5 << 20];
    Arrays.fill(large, (byte) 'a');
    multipart("big", large, "tail".getBytes(StandardCharsets.UTF_8));

    ResponseBytes<GetObjectResponse> second =
        s3.getObjectAsBytes(r -> r.bucket("inbox").key("big").partNumber(2));

    assertThat(second.asUtf8String()).isEqualTo("tail");
    assertThat(second.response().partsCount()).isEqualTo(2);
    assertThat(second.response().contentRange()).isEqualTo("bytes 5242880-5242883/5242884");
    assertThat(s3.headObject(r -> r.bucket("inbox").key("big").partNumber(1)).contentLength())
        .isEqualTo(5 << 20);
    assertCode(
        () -> s3.getObjectAsBytes(r -> r.bucket("inbox").key("big").partNumber(3)),
        "InvalidPartNumber");
    assertCode(
        () ->
            s3.getObjectAsBytes(r -> r.bucket("inbox").key("big").partNumber(1).range("bytes=0-1")),
        "InvalidRequest");
  }

  @Test
  void takesAnObjectOfOnePutForItsOnlyPart() {
    s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("x"));
    s3.putObject(r -> r.bucket("inbox").key("empty"), RequestBody.empty());

    ResponseBytes<GetObjectResponse> only =
        s3.getObjectAsBytes(r -> r.bucket("inbox").key("a").partNumber(1));

    assertThat(only.asUtf8String()).isEqualTo("x");
    assertThat(only.response().partsCount()).isNull();
    assertThat(s3.getObjectAsBytes(r -> r.bucket("inbox").key("empty").partNumber(1)).asByteArray())
        .isEmpty();
  }

  @Test
  void tellsTheAttributesThatAreAskedFor() {
    multipart("big", new byte[5 << 20], new byte[4]);

    GetObjectAttributesResponse all =
        s3.getObjectAttributes(r ->
            r.bucket("inbox")
                .key("big")
                .maxParts(1)
                .objectAttributes(
                    ObjectAttributes.E_TAG,
                    ObjectAttributes.CHECKSUM,
                    ObjectAttributes.OBJECT_PARTS,
                    ObjectAttributes.STORAGE_CLASS,
                    ObjectAttributes.OBJECT_SIZE));
    GetObjectAttributesResponse size =
        s3.getObjectAttributes(
            r -> r.bucket("inbox").key("big").objectAttributes(ObjectAttributes.OBJECT_SIZE));

    assertThat(all.eTag()).endsWith("-2").doesNotContain("\"");
    assertThat(all.checksum().checksumCRC32C()).endsWith("-2");
    assertThat(all.objectParts().totalPartsCount()).isEqualTo(2);
    assertThat(all.objectParts().isTruncated()).isTrue();
    assertThat(all.objectParts().parts())
        .singleElement()
        .satisfies(part -> assertThat(part.size()).isEqualTo(5 << 20));
    assertThat(size.objectSize()).isEqualTo((5 << 20) + 4);
    assertThat(size.eTag()).isNull();
  }

  @Test
  void saysThatEverythingIsPrivateAndTakesNothingElse() {
    s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("x"));

    assertThat(s3.getObjectAcl(r -> r.bucket("inbox").key("a")).grants())
        .singleElement()
        .satisfies(grant -> assertThat(grant.permission()).isEqualTo(Permission.FULL_CONTROL));
    assertThat(s3.getBucketAcl(r -> r.bucket("inbox")).owner().id()).isEqualTo("main");
    s3.putObjectAcl(r -> r.bucket("inbox").key("a").acl(ObjectCannedACL.PRIVATE));
    assertCode(
        () -> s3.putObjectAcl(r -> r.bucket("inbox").key("a").acl(ObjectCannedACL.PUBLIC_READ)),
        "NotImplemented");
    assertCode(() -> s3.getObjectAcl(r -> r.bucket("inbox").key("b")), "NoSuchKey");
  }

  @Test
  void saysOfWhatItCannotSetThatItIsNotSet() {
    assertCode(() -> s3.getBucketPolicy(r -> r.bucket("inbox")), "NoSuchBucketPolicy");
    assertCode(
        () -> s3.getBucketLifecycleConfiguration(r -> r.bucket("inbox")),
        "NoSuchLifecycleConfiguration");
    assertCode(
        () -> s3.getBucketEncryption(r -> r.bucket("inbox")),
        "ServerSideEncryptionConfigurationNotFoundError");
    assertCode(() -> s3.getBucketTagging(r -> r.bucket("inbox")), "NoSuchTagSet");
    assertCode(() -> s3.getBucketPolicy(r -> r.bucket("nowhere")), "NoSuchBucket");
    assertThat(s3.getBucketRequestPayment(r -> r.bucket("inbox")).payerAsString())
        .isEqualTo("BucketOwner");
  }

  @Test
  void findsTheBucketInTheHost() throws Exception {
    s3.putObject(r -> r.bucket("inbox").key("a/b"), RequestBody.fromString("by host"));

    assertThat(byHost("http://store.example:1234", "inbox", "a/b"))
        .startsWith("HTTP/1.1 200")
        .endsWith("by host");
    assertThat(byHost("http://evilstore.example", "inbox", "a/b")).startsWith("HTTP/1.1 404");
  }

  /** Sends a GET that is signed for a bucket in the host, to this store wherever the host is. */
  private String byHost(String endpoint, String bucket, String key) throws Exception {
    URI url;
    try (S3Presigner presigner =
        S3Presigner.builder()
            .endpointOverride(URI.create(endpoint))
            .region(software.amazon.awssdk.regions.Region.US_EAST_1)
            .credentialsProvider(StoreClients.credentials(store))
            .build()) {
      url =
          presigner
              .presignGetObject(p ->
                  p.signatureDuration(java.time.Duration.ofMinutes(5))
                      .getObjectRequest(r -> r.bucket(bucket).key(key)))
              .url()
              .toURI();
    }
    try (Socket socket = new Socket("127.0.0.1", store.endpoint().getPort())) {
      String head =
          "GET "
              + url.getRawPath()
              + "?"
              + url.getRawQuery()
              + " HTTP/1.1\r\nHost: "
              + url.getAuthority()
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void multipart(String key, byte[] first, byte[] second) {
    String upload =
        s3.createMultipartUpload(
                r -> r.bucket("inbox").key(key).checksumAlgorithm(ChecksumAlgorithm.CRC32_C))
            .uploadId();
    String one = part(key, upload, 1, first);
    String two = part(key, upload, 2, second);
    s3.completeMultipartUpload(r ->
        r.bucket("inbox")
            .key(key)
            .uploadId(upload)
            .multipartUpload(
                m -> m.parts(p -> p.partNumber(1).eTag(one), p -> p.partNumber(2).eTag(two))));
  }

  private String part(String key, String upload, int number, byte[] bytes) {
    return s3.uploadPart(
            r ->
                r.bucket("inbox")
                    .key(key)
                    .uploadId(upload)
                    .partNumber(number)
                    .checksumAlgorithm(ChecksumAlgorithm.CRC32_C),
            RequestBody.fromBytes(bytes))
        .eTag();
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }
}
