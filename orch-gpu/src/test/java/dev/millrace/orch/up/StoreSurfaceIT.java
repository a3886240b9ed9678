package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * The stated surface of the store of a whole running Millrace, by the AWS SDK with its defaults.
 */
class StoreSurfaceIT {
  private static final String BUCKET = "surface";
  @TempDir static Path folder;
  private static Machine machine;
  private static S3Client s3;

  @BeforeAll
  static void start() throws Exception {
    machine =
        Machine.start(
            new ConfigReader(name -> null)
                .read("test.yaml", "api: {port: 0}\nstore: {port: 0}", folder),
            folder.resolve("data"),
            "test");
    s3 = client(keys(machine.accessKey().id(), machine.accessKey().secret()));
    s3.createBucket(b -> b.bucket(BUCKET));
  }

  @AfterAll
  static void stop() {
    s3.close();
    machine.close();
  }

  private static AwsCredentialsProvider keys(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  /** Default checksums on: bodies go as aws-chunked with a CRC32 trailer. */
  private static S3Client client(AwsCredentialsProvider credentials) {
    return S3Client.builder()
        .endpointOverride(machine.storeEndpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(credentials)
        .build();
  }

  private static void put(String key, String text) {
    s3.putObject(b -> b.bucket(BUCKET).key(key), RequestBody.fromString(text));
  }

  private static String get(String key) {
    return s3.getObjectAsBytes(b -> b.bucket(BUCKET).key(key)).asUtf8String();
  }

  static List<String> oddKeys() {
    return List.of(
        "a//b",
        "./x",
        "../x",
        "d",
        "d/x",
        "d/x/y",
        "k".repeat(1024),
        "emoji \uD83D\uDE00 ü",
        "plus+percent%20 %",
        "trailing/",
        "/leading",
        "quo\"te'<&>");
  }

  @ParameterizedTest
  @MethodSource("oddKeys")
  void keysAreNamesNotPaths(String key) {
    put(key, "of " + key);

    assertThat(get(key)).isEqualTo("of " + key);
    assertThat(s3.listObjectsV2(b -> b.bucket(BUCKET).prefix(key)).contents())
        .extracting(S3Object::key)
        .contains(key);
  }

  @Test
  void refusesAKeyOfMoreThan1024Bytes() {
    assertThatThrownBy(() -> put("k".repeat(1025), "x"))
        .isInstanceOfSatisfying(
            S3Exception.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("KeyTooLongError"));
  }

  @Test
  void headTellsMetadataAndTheChecksumOfTheTrailer() {
    s3.putObject(
        b ->
            b.bucket(BUCKET)
                .key("meta")
                .contentType("text/x-odd")
                .metadata(Map.of("owner", "me"))
                .checksumAlgorithm(ChecksumAlgorithm.CRC32),
        RequestBody.fromString("hello"));

    var head = s3.headObject(b -> b.bucket(BUCKET).key("meta").checksumMode(ChecksumMode.ENABLED));

    assertThat(head.metadata()).containsEntry("owner", "me");
    assertThat(head.contentType()).isEqualTo("text/x-odd");
    assertThat(head.contentLength()).isEqualTo(5);
    assertThat(head.checksumCRC32()).isEqualTo("NhCmhg==");
    assertThat(head.eTag()).isEqualTo("\"5d41402abc4b2a76b9719d911017c592\"");
  }

  @Test
  void readsRanges() {
    put("range", "0123456789");

    assertThat(range("bytes=2-4")).isEqualTo("234");
    assertThat(range("bytes=7-")).isEqualTo("789");
    assertThat(range("bytes=-2")).isEqualTo("89");
    assertThatThrownBy(() -> range("bytes=10-"))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(416));
  }

  private static String range(String range) {
    return s3.getObjectAsBytes(b -> b.bucket(BUCKET).key("range").range(range)).asUtf8String();
  }

  @Test
  void copiesAndDeletes() {
    put("from+here", "copied");
    s3.copyObject(b ->
        b.sourceBucket(BUCKET)
            .sourceKey("from+here")
            .destinationBucket(BUCKET)
            .destinationKey("to/there"));
    s3.deleteObject(b -> b.bucket(BUCKET).key("from+here"));

    assertThat(get("to/there")).isEqualTo("copied");
    assertThatThrownBy(() -> get("from+here")).hasMessageContaining("does not exist");
  }

  @Test
  void listsByPrefixDelimiterAndPage() {
    for (String key : List.of("list/a/1", "list/a/2", "list/b/1", "list/c", "list/d")) {
      put(key, key);
    }

    ListObjectsV2Response top =
        s3.listObjectsV2(b -> b.bucket(BUCKET).prefix("list/").delimiter("/"));
    List<String> paged = new ArrayList<>();
    s3.listObjectsV2Paginator(b -> b.bucket(BUCKET).prefix("list/").maxKeys(2))
        .contents()
        .forEach(o -> paged.add(o.key()));

    assertThat(top.commonPrefixes())
        .extracting(p -> p.prefix())
        .containsExactly("list/a/", "list/b/");
    assertThat(top.contents()).extracting(S3Object::key).containsExactly("list/c", "list/d");
    assertThat(paged).containsExactly("list/a/1", "list/a/2", "list/b/1", "list/c", "list/d");
  }

  @Test
  void writesOnlyWhereNothingIs() {
    s3.putObject(
        b -> b.bucket(BUCKET).key("once").ifNoneMatch("*"), RequestBody.fromString("first"));

    assertThatThrownBy(() ->
            s3.putObject(
                b -> b.bucket(BUCKET).key("once").ifNoneMatch("*"),
                RequestBody.fromString("second")))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    assertThat(get("once")).isEqualTo("first");
  }

  @Test
  void completesAMultipartUploadAndForgetsAnAbortedOne() throws Exception {
    byte[] part = new byte[5 << 20];
    new Random(5).nextBytes(part);
    String upload = s3.createMultipartUpload(b -> b.bucket(BUCKET).key("big")).uploadId();
    List<CompletedPart> parts = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      int number = i;
      byte[] bytes = i == 1 ? part : "tail".getBytes(StandardCharsets.UTF_8);
      String tag =
          s3.uploadPart(
                  b -> b.bucket(BUCKET).key("big").uploadId(upload).partNumber(number),
                  RequestBody.fromBytes(bytes))
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }
    String eTag =
        s3.completeMultipartUpload(b ->
                b.bucket(BUCKET).key("big").uploadId(upload).multipartUpload(m -> m.parts(parts)))
            .eTag();
    String aborted = s3.createMultipartUpload(b -> b.bucket(BUCKET).key("gone")).uploadId();
    s3.abortMultipartUpload(b -> b.bucket(BUCKET).key("gone").uploadId(aborted));

    assertThat(eTag).endsWith("-2\"");
    try (ResponseInputStream<GetObjectResponse> body =
        s3.getObject(b -> b.bucket(BUCKET).key("big"))) {
      byte[] whole = body.readAllBytes();
      assertThat(Arrays.copyOf(whole, part.length)).isEqualTo(part);
      assertThat(whole).hasSize(part.length + 4);
    }
    assertThatThrownBy(() ->
            s3.uploadPart(
                b -> b.bucket(BUCKET).key("gone").uploadId(aborted).partNumber(1),
                RequestBody.fromString("x")))
        .isInstanceOf(NoSuchUploadException.class);
  }

  @Test
  void takesPreSignedReadsAndWrites() throws Exception {
    try (S3Presigner presigner =
            S3Presigner.builder()
                .endpointOverride(machine.storeEndpoint())
                .region(Region.US_EAST_1)
                .serviceConfiguration(
                    S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(keys(machine.accessKey().id(), machine.accessKey().secret()))
                .build();
        HttpClient http = HttpClient.newHttpClient()) {
      URI write =
          presigner
              .presignPutObject(b ->
                  b.signatureDuration(Duration.ofMinutes(5))
                      .putObjectRequest(p -> p.bucket(BUCKET).key("signed key")))
              .url()
              .toURI();
      URI read =
          presigner
              .presignGetObject(b ->
                  b.signatureDuration(Duration.ofMinutes(5))
                      .getObjectRequest(p -> p.bucket(BUCKET).key("signed key")))
              .url()
              .toURI();

      int put =
          http.send(
                  HttpRequest.newBuilder(write)
                      .PUT(HttpRequest.BodyPublishers.ofString("by url"))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
      HttpResponse<String> got =
          http.send(HttpRequest.newBuilder(read).build(), HttpResponse.BodyHandlers.ofString());
      HttpResponse<String> forged =
          http.send(
              HttpRequest.newBuilder(URI.create(read.toString().replace("signed%20key", "meta")))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(put).isEqualTo(200);
      assertThat(got.body()).isEqualTo("by url");
      assertThat(forged.statusCode()).isEqualTo(403);
    }
  }

  @Test
  void refusesStrangersBeforeTheirBodyIsRead() throws Exception {
    try (S3Client anonymous = client(AnonymousCredentialsProvider.create());
        S3Client stranger = client(keys("AKIDUNKNOWN", "secret"));
        S3Client forger = client(keys(machine.accessKey().id(), "wrong"))) {
      assertThat(refusal(anonymous)).isEqualTo("AccessDenied");
      assertThat(refusal(stranger)).isEqualTo("InvalidAccessKeyId");
      assertThat(refusal(forger)).isEqualTo("SignatureDoesNotMatch");
    }
    URI endpoint = machine.storeEndpoint();
    try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /"
                  + BUCKET
                  + "/never HTTP/1.1\r\nHost: "
                  + endpoint.getAuthority()
                  + "\r\nContent-Length: 1073741824\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertThat(answer).isEqualTo("HTTP/1.1 403");
    }
  }

  private static String refusal(S3Client client) {
    try {
      client.putObject(b -> b.bucket(BUCKET).key("never"), RequestBody.fromString("x"));
      return "taken";
    } catch (S3Exception e) {
      return e.awsErrorDetails().errorCode();
    }
  }
}
