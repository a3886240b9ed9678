package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Buckets;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The CORS rules of a bucket, and what they make of requests from pages of other origins. */
final class CorsOperations {
  private static final int DOCUMENT_MAX_BYTES = 64 << 10;

  private final Catalog catalog;
  private final BucketOperations buckets;

  CorsOperations(Catalog catalog, BucketOperations buckets) {
    this.catalog = catalog;
    this.buckets = buckets;
  }

  Answer put(S3Call call) throws IOException {
    List<CorsRule> rules = CorsRule.parse(BodyReader.readDocument(call, DOCUMENT_MAX_BYTES));
    set(call, Optional.of(CorsRule.document(rules).text()));
    return Answer.Empty.ok();
  }

  Answer get(S3Call call) throws IOException {
    buckets.require(call);
    String xml =
        catalog
            .buckets()
            .document(call.bucket(), Buckets.DocumentKind.CORS)
            .orElseThrow(() ->
                new Refusal(
                    ErrorCode.NO_SUCH_CORS_CONFIGURATION, "The CORS configuration does not exist"));
    return new Answer.Document(200, Map.of(), xml);
  }

  Answer delete(S3Call call) throws IOException {
    set(call, Optional.empty());
    return Answer.Empty.noContent();
  }

  private void set(S3Call call, Optional<String> xml) throws IOException {
    if (!catalog.buckets().setDocument(call.bucket(), Buckets.DocumentKind.CORS, xml)) {
      throw ObjectAnswers.noSuchBucket(call.bucket());
    }
  }

  /** Answers what a browser asks before the real request. Nobody signs it. */
  Answer preflight(SignedRequest head, Target target) throws IOException {
    String origin = required(head, "origin");
    String method = required(head, "access-control-request-method");
    String asked = head.header("access-control-request-headers").orElse("");
    List<String> headers =
        Arrays.stream(asked.split(",", -1)).map(String::strip).filter(h -> !h.isEmpty()).toList();
    List<CorsRule> rules = rules(target.bucket());
    if (rules.isEmpty()) {
      throw forbidden("CORS is not enabled for this bucket.");
    }
    CorsRule rule =
        rules.stream()
            .filter(each -> each.allows(origin, method, headers))
            .findFirst()
            .orElseThrow(() ->
                forbidden(
                    "This CORS request is not allowed. This is usually because the evaluation of"
                        + " Origin, request method / Access-Control-Request-Method or"
                        + " Access-Control-Request-Headers are not whitelisted by the resource's"
                        + " CORS spec."));
    Map<String, String> answer = allowed(rule, origin);
    if (!headers.isEmpty()) {
      answer.put("access-control-allow-headers", String.join(", ", headers));
    }
    rule.maxAgeSeconds()
        .ifPresent(seconds -> answer.put("access-control-max-age", seconds.toString()));
    return new Answer.Empty(200, answer);
  }

  /** What an answer to a page carries, so that the browser shows it to the page. */
  Map<String, String> headers(SignedRequest head, Target target) throws IOException {
    Optional<String> origin = head.header("origin");
    if (origin.isEmpty() || target.isService() || head.method().equals("OPTIONS")) {
      return Map.of();
    }
    return rules(target.bucket()).stream()
        .filter(rule -> rule.allows(origin.get(), head.method(), List.of()))
        .findFirst()
        .map(rule -> allowed(rule, origin.get()))
        .orElse(Map.of());
  }

  private static Map<String, String> allowed(CorsRule rule, String origin) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("access-control-allow-origin", rule.isForEveryOrigin() ? "*" : origin);
    headers.put("access-control-allow-methods", String.join(", ", rule.methods()));
    if (!rule.exposed().isEmpty()) {
      headers.put("access-control-expose-headers", String.join(", ", rule.exposed()));
    }
    if (!rule.isForEveryOrigin()) {
      headers.put("access-control-allow-credentials", "true");
    }
    headers.put("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    return headers;
  }

  private List<CorsRule> rules(String bucket) throws IOException {
    return catalog
        .buckets()
        .document(bucket, Buckets.DocumentKind.CORS)
        .map(xml -> CorsRule.parse(xml.getBytes(StandardCharsets.UTF_8)))
        .orElse(List.of());
  }

  private static String required(SignedRequest head, String name) {
    return head.header(name)
        .orElseThrow(() ->
            new Refusal(
                ErrorCode.BAD_REQUEST,
                "Insufficient information. The request header " + name + " is needed."));
  }

  private static Refusal forbidden(String reason) {
    return new Refusal(ErrorCode.ACCESS_FORBIDDEN, "CORSResponse: " + reason);
  }
}
