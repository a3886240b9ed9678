package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Pages of other origins. */
final class CorsTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  @Test
  void keepsTheRulesOfABucketOverARestart() throws IOException {
    CORSRule rule = rule("https://*.page.example", List.of("GET", "PUT"));
    set(rule);
    store.close();
    store = EmbeddedStore.start(StoreConfig.in(folder));
    s3 = StoreClients.sdk(store);

    assertThat(s3.getBucketCors(r -> r.bucket("inbox")).corsRules()).containsExactly(rule);

    s3.deleteBucketCors(r -> r.bucket("inbox"));
    assertCode(() -> s3.getBucketCors(r -> r.bucket("inbox")), "NoSuchCORSConfiguration");
    s3.deleteBucket(r -> r.bucket("inbox"));
  }

  @Test
  void answersThePreflightOfWhatARuleAllows() throws Exception {
    set(rule("https://*.page.example", List.of("GET", "PUT")));

    HttpResponse<String> answer =
        preflight("https://a.page.example", "PUT", "Content-Type, x-amz-meta-a");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().map())
        .containsEntry("access-control-allow-origin", List.of("https://a.page.example"))
        .containsEntry("access-control-allow-methods", List.of("GET, PUT"))
        .containsEntry("access-control-allow-headers", List.of("Content-Type, x-amz-meta-a"))
        .containsEntry("access-control-expose-headers", List.of("ETag"))
        .containsEntry("access-control-max-age", List.of("600"))
        .containsEntry("access-control-allow-credentials", List.of("true"));
  }

  @Test
  void refusesThePreflightOfAnythingElse() throws Exception {
    assertForbidden(preflight("https://a.page.example", "GET", ""), "CORS is not enabled");
    set(rule("https://*.page.example", List.of("GET", "PUT")));

    assertForbidden(preflight("https://page.example", "GET", ""), "not allowed");
    assertForbidden(preflight("https://a.page.example.evil", "GET", ""), "not allowed");
    assertForbidden(preflight("http://a.page.example", "GET", ""), "not allowed");
    assertForbidden(preflight("null", "GET", ""), "not allowed");
    assertForbidden(preflight("https://a.page.example", "DELETE", ""), "not allowed");
    assertForbidden(preflight("https://a.page.example", "PUT", "authorization"), "not allowed");
    HttpResponse<String> bare =
        send(request("/inbox/a").method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    assertThat(bare.statusCode()).isEqualTo(400);
  }

  @Test
  void marksRealAnswersAndRefusalsForThePage() throws Exception {
    set(rule("https://*.page.example", List.of("GET", "PUT")));
    s3.putObject(r -> r.bucket("inbox").key("a"), RequestBody.fromString("x"));
    String path = presigned("a");

    HttpResponse<String> there = send(request(path).header("Origin", "https://a.page.example"));
    HttpResponse<String> unsigned =
        send(request("/inbox/a").header("Origin", "https://a.page.example"));
    HttpResponse<String> stranger = send(request(path).header("Origin", "https://evil.example"));
    HttpResponse<String> none = send(request(path));

    assertThat(there.statusCode()).isEqualTo(200);
    assertThat(there.headers().firstValue("access-control-allow-origin"))
        .contains("https://a.page.example");
    assertThat(unsigned.statusCode()).isEqualTo(403);
    assertThat(unsigned.headers().firstValue("access-control-allow-origin"))
        .contains("https://a.page.example");
    assertThat(stranger.statusCode()).isEqualTo(200);
    assertThat(stranger.headers().firstValue("access-control-allow-origin")).isEmpty();
    assertThat(none.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void namesNoOriginAndAllowsNoCookiesWhereEveryOneMay() throws Exception {
    set(rule("*", List.of("GET")));

    HttpResponse<String> answer = preflight("https://a.page.example", "GET", "");

    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("access-control-allow-credentials")).isEmpty();
  }

  @Test
  void refusesRulesThatAreNone() {
    assertCode(() -> set(rule("*", List.of("PATCH"))), "InvalidRequest");
    assertCode(() -> set(rule("https://*.*.example", List.of("GET"))), "InvalidRequest");
    assertCode(() -> set(rule("a b", List.of("GET"))), "InvalidRequest");
    assertCode(() -> set(rule("*", List.of())), "MalformedXML");
    assertCode(() -> set(), "MalformedXML");
    assertCode(
        () ->
            s3.putBucketCors(r ->
                r.bucket("nowhere").corsConfiguration(c -> c.corsRules(rule("*", List.of("GET"))))),
        "NoSuchBucket");
    CORSRule[] many = new CORSRule[101];
    java.util.Arrays.fill(many, rule("*", List.of("GET")));
    assertCode(() -> set(many), "MalformedXML");
  }

  private static CORSRule rule(String origin, List<String> methods) {
    return CORSRule.builder()
        .id("one")
        .allowedOrigins(origin)
        .allowedMethods(methods)
        .allowedHeaders("content-*", "X-Amz-*")
        .exposeHeaders("ETag")
        .maxAgeSeconds(600)
        .build();
  }

  private void set(CORSRule... rules) {
    s3.putBucketCors(r -> r.bucket("inbox").corsConfiguration(c -> c.corsRules(rules)));
  }

  private String presigned(String key) throws Exception {
    try (S3Presigner presigner = StoreClients.presigner(store)) {
      URI url =
          presigner
              .presignGetObject(p ->
                  p.signatureDuration(Duration.ofMinutes(5))
                      .getObjectRequest(r -> r.bucket("inbox").key(key)))
              .url()
              .toURI();
      return url.getRawPath() + "?" + url.getRawQuery();
    }
  }

  private HttpResponse<String> preflight(String origin, String method, String headers)
      throws Exception {
    HttpRequest.Builder request =
        request("/inbox/a")
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", method);
    return send(
        headers.isEmpty() ? request : request.header("Access-Control-Request-Headers", headers));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(store.endpoint() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void assertForbidden(HttpResponse<String> answer, String reason) {
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("<Code>AccessForbidden</Code>").contains(reason);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  private static void assertCode(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            S3Exception.class, e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code));
  }
}
