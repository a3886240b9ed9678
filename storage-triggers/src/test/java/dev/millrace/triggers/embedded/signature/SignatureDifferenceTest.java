package dev.millrace.triggers.embedded.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/** The verifier against the AWS SDK's signer, on many requests of a seeded random. */
final class SignatureDifferenceTest {
  private static final long SEED = 20261122;
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final AccessKey KEY =
      new AccessKey("MRTESTKEY", new SecretKey("a/secret+with=signs"), "main");

  private final SignatureVerifier verifier =
      new SignatureVerifier(
          id -> id.equals(KEY.id()) ? Optional.of(KEY) : Optional.empty(), () -> NOW);

  @Test
  void agreesWithTheSdkOnSignedHeaders() {
    Random random = new Random(SEED);
    for (int i = 0; i < 2000; i++) {
      SdkHttpRequest signed = sign(request(random), false);

      assertThat(verifier.verify(received(signed)).caller())
          .as(signed.encodedPath())
          .isEqualTo(KEY);
    }
  }

  @Test
  void agreesWithTheSdkOnPresignedUrls() {
    Random random = new Random(SEED + 1);
    for (int i = 0; i < 2000; i++) {
      SdkHttpRequest signed = sign(request(random), true);

      assertThat(verifier.verify(received(signed)).payload())
          .as(signed.encodedPath())
          .isEqualTo(new PayloadHash.Unsigned());
    }
  }

  @Test
  void refusesEveryRequestThatWasChangedAfterSigning() {
    Random random = new Random(SEED + 2);
    for (int i = 0; i < 500; i++) {
      SdkHttpRequest original = request(random);
      for (boolean presigned : List.of(false, true)) {
        SignedRequest signed = received(sign(original, presigned));
        assertRefused(
            with(
                signed,
                signed.method().equals("GET") ? "PUT" : "GET",
                signed.rawPath(),
                signed.query(),
                signed.headers()));
        assertRefused(
            with(
                signed, signed.method(), signed.rawPath() + "x", signed.query(), signed.headers()));
        List<Query.Parameter> more = new ArrayList<>(signed.query().parameters());
        more.add(new Query.Parameter("prefix", "y"));
        assertRefused(
            with(signed, signed.method(), signed.rawPath(), new Query(more), signed.headers()));
        List<SignedRequest.Header> extra = new ArrayList<>(signed.headers());
        extra.add(new SignedRequest.Header("x-amz-copy-source", "/b/k"));
        assertRefused(with(signed, signed.method(), signed.rawPath(), signed.query(), extra));
      }
    }
  }

  @Test
  void refusesEachChangedCharacterOfTheSignature() {
    SdkHttpRequest signed = sign(request(new Random(SEED + 3)), false);
    SignedRequest received = received(signed);
    String authorization = received.header("authorization").orElseThrow();
    int start = authorization.indexOf("Signature=") + "Signature=".length();
    for (int at = start; at < authorization.length(); at++) {
      char other = authorization.charAt(at) == '0' ? '1' : '0';
      String changed = authorization.substring(0, at) + other + authorization.substring(at + 1);
      List<SignedRequest.Header> headers = new ArrayList<>(received.headers());
      headers.removeIf(header -> header.name().equals("authorization"));
      headers.add(new SignedRequest.Header("authorization", changed));

      assertThatThrownBy(() ->
              verifier.verify(
                  with(received, received.method(), received.rawPath(), received.query(), headers)))
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.SIGNATURE_DOES_NOT_MATCH));
    }
  }

  @Test
  void refusesAPresignedUrlOutsideItsTime() {
    SignedRequest signed = received(sign(request(new Random(SEED + 4)), true));

    assertCodeAt(NOW.plusSeconds(3601), signed, ErrorCode.ACCESS_DENIED);
    assertCodeAt(NOW.minusSeconds(901), signed, ErrorCode.ACCESS_DENIED);
    at(NOW.plusSeconds(3600)).verify(signed);
    at(NOW.minusSeconds(900)).verify(signed);
  }

  @Test
  void refusesSignedHeadersOutsideAQuarterOfAnHour() {
    SignedRequest signed = received(sign(request(new Random(SEED + 5)), false));

    assertCodeAt(NOW.plusSeconds(901), signed, ErrorCode.REQUEST_TIME_TOO_SKEWED);
    assertCodeAt(NOW.minusSeconds(901), signed, ErrorCode.REQUEST_TIME_TOO_SKEWED);
    at(NOW.plusSeconds(900)).verify(signed);
  }

  @Test
  void refusesMalformedAuthorizationsWithoutFailing() {
    for (String authorization :
        List.of(
            "",
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 ",
            "AWS4-HMAC-SHA256 Credential=",
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host,Signature=x",
            "AWS4-HMAC-SHA256 Credential=K/20261122/r/s3/aws4_request,SignedHeaders=,Signature=",
            "AWS4-HMAC-SHA256 Credential=K/20261122/r/ec2/aws4_request,SignedHeaders=host,"
                + "Signature=x",
            "AWS key:signature",
            "Basic abc",
            "Bearer x",
            "AWS4-ECDSA-P256-SHA256 x",
            ",,,===",
            "AWS4-HMAC-SHA256 ,,==,Signature=,Credential")) {
      SignedRequest request =
          new SignedRequest(
              "GET",
              "/b/k",
              new Query(List.of()),
              List.of(
                  new SignedRequest.Header("host", "h"),
                  new SignedRequest.Header("x-amz-date", "20261122T120000Z"),
                  new SignedRequest.Header("authorization", authorization)));

      assertThatThrownBy(() -> verifier.verify(request))
          .as(authorization)
          .isInstanceOf(Refusal.class);
    }
  }

  @Test
  void neverShowsASecret() {
    assertThat(KEY.toString()).contains("MRTESTKEY").doesNotContain("secret+with");
  }

  private SignatureVerifier at(Instant time) {
    return new SignatureVerifier(id -> Optional.of(KEY), () -> time);
  }

  private void assertCodeAt(Instant time, SignedRequest request, ErrorCode code) {
    assertThatThrownBy(() -> at(time).verify(request))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  private void assertRefused(SignedRequest request) {
    assertThatThrownBy(() -> verifier.verify(request)).isInstanceOf(Refusal.class);
  }

  private static SignedRequest with(
      SignedRequest original,
      String method,
      String path,
      Query query,
      List<SignedRequest.Header> headers) {
    assertThat(original.headers()).isNotEmpty();
    return new SignedRequest(method, path, query, headers);
  }

  private static SdkHttpRequest request(Random random) {
    SdkHttpMethod[] methods = {SdkHttpMethod.GET, SdkHttpMethod.PUT, SdkHttpMethod.DELETE};
    SdkHttpRequest.Builder builder =
        SdkHttpRequest.builder()
            .method(methods[random.nextInt(methods.length)])
            .uri(URI.create("http://127.0.0.1:" + (1024 + random.nextInt(60000))))
            .encodedPath("/bucket/" + SdkHttpUtils.urlEncodeIgnoreSlashes(text(random)));
    for (int i = random.nextInt(4); i > 0; i--) {
      builder.putRawQueryParameter("p" + text(random), text(random));
    }
    if (random.nextBoolean()) {
      builder.putHeader("x-amz-meta-a", "some   spaced  value ");
      builder.putHeader("Content-Type", "Text/Plain;  charset=UTF-8");
    }
    return builder.build();
  }

  /** Text of the characters that encodings stumble over, and of any others. */
  private static String text(Random random) {
    String odd = "/+% ~.*'()!;:@&=$,?#[]{}|\\^`\"<>-_aZ0äé日𝄞🚀\t\n\u0001\u007f\u00a0";
    StringBuilder out = new StringBuilder();
    int length = 1 + random.nextInt(12);
    int[] points = odd.codePoints().toArray();
    for (int i = 0; i < length; i++) {
      out.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return out.toString();
  }

  private static SdkHttpRequest sign(SdkHttpRequest request, boolean presigned) {
    return AwsV4HttpSigner.create()
        .sign(r -> {
          r.identity(AwsCredentialsIdentity.create(KEY.id(), KEY.secret().value()))
              .request(request)
              .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(NOW, ZoneOffset.UTC))
              .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
              .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-test-1")
              .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
              .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
              .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, !presigned);
          if (presigned) {
            r.putProperty(
                    AwsV4HttpSigner.AUTH_LOCATION, AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, Duration.ofHours(1));
          }
        })
        .request();
  }

  private static SignedRequest received(SdkHttpRequest request) {
    List<SignedRequest.Header> headers = new ArrayList<>();
    request.forEachHeader((name, values) ->
        values.forEach(value -> headers.add(new SignedRequest.Header(name, value))));
    String query = request.encodedQueryParameters().orElse("");
    return new SignedRequest(
        request.method().name(), request.encodedPath(), Query.parse(query), headers);
  }
}
