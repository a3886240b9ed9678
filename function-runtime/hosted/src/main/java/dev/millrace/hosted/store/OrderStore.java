package dev.millrace.hosted.store;

import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Reads orders from the intermediate bucket by GET, signed with Signature Version 4. */
public final class OrderStore implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int ORDER_MAX = 1 << 20;
  private static final String RESERVED = ".millrace/";

  private final Access access;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * Where orders lie.
   *
   * @param endpoint of the store; keys follow it with their bucket in front
   * @param bucket the intermediate bucket
   */
  public record Access(URI endpoint, String region, String bucket, AccessKey key) {}

  /**
   * A key that needs to read orders and nothing else.
   *
   * @param session empty for a lasting key
   */
  public record AccessKey(String id, String secret, String session) {
    @Override
    public String toString() {
      return "AccessKey[" + id + "]";
    }
  }

  public OrderStore(Access access) {
    this.access = access;
  }

  /**
   * The order that a notice tells of; empty where nothing is, or where no order is looked for.
   *
   * @throws IllegalArgumentException when what is there is not of an order's form
   */
  public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    if (!notice.bucket().equals(access.bucket())) {
      throw new IllegalArgumentException(
          "bucket " + notice.bucket() + " is not the bucket of orders, " + access.bucket());
    }
    if (notice.key().startsWith(RESERVED)) {
      return Optional.empty();
    }
    HttpResponse<InputStream> answer = send(signed(notice.key()));
    try (InputStream body = answer.body()) {
      if (answer.statusCode() == 404) {
        return Optional.empty();
      }
      if (answer.statusCode() != 200) {
        throw new IOException("GET of " + notice.key() + " answered " + answer.statusCode());
      }
      byte[] bytes = body.readNBytes(ORDER_MAX + 1);
      if (bytes.length > ORDER_MAX) {
        throw new IllegalArgumentException("an order has at most " + ORDER_MAX + " bytes");
      }
      return Optional.of(SignedBytes.parse(new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private HttpRequest signed(String key) {
    String base = access.endpoint().toString().replaceAll("/+$", "");
    URI target = URI.create(base + "/" + access.bucket() + "/" + encoded(key));
    SdkHttpRequest plain = SdkHttpRequest.builder().uri(target).method(SdkHttpMethod.GET).build();
    SignedRequest signed =
        signer.sign(r ->
            r.identity(identity())
                .request(plain)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, access.region())
                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false));
    HttpRequest.Builder request = HttpRequest.newBuilder(target).timeout(PATIENCE).GET();
    signed
        .request()
        .headers()
        .forEach((name, values) -> {
          // The client writes this one itself, the same.
          if (!name.equalsIgnoreCase("host")) {
            values.forEach(value -> request.header(name, value));
          }
        });
    return request.build();
  }

  private AwsCredentialsIdentity identity() {
    AccessKey key = access.key();
    return key.session().isEmpty()
        ? AwsCredentialsIdentity.create(key.id(), key.secret())
        : AwsSessionCredentialsIdentity.create(key.id(), key.secret(), key.session());
  }

  /** As S3 signs it: everything but the unreserved characters of RFC 3986 and the slash. */
  private static String encoded(String key) {
    StringBuilder text = new StringBuilder();
    for (byte each : key.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          each >= 'a' && each <= 'z'
              || each >= 'A' && each <= 'Z'
              || each >= '0' && each <= '9'
              || "-._~/".indexOf(each) >= 0;
      text.append(plain ? String.valueOf((char) each) : "%%%02X".formatted(each & 0xff));
    }
    return text.toString();
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while an order was read");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
