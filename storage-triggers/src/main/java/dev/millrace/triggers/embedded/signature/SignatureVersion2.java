package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Signature Version 2 ("Signing and authenticating REST requests"), which boto3 still pre-signs
 * with by default. It covers the method, three content headers, the x-amz- headers, the path and
 * the sub-resources. A URL is handed on, so whatever else stands in its query is refused: who has
 * the URL could have added it.
 */
final class SignatureVersion2 {
  /** This version has no bound of its own; a URL here holds no longer than one of version 4. */
  private static final Duration LIFETIME_MAX = Duration.ofDays(7);

  private static final String SCHEME = "AWS ";

  private static final Set<String> OWN = Set.of("AWSAccessKeyId", "Signature", "Expires");

  /** Content headers that boto3 repeats in the query of a URL, where nothing covers them. */
  private static final Set<String> REPEATED = Set.of("content-type", "content-md5");

  private static final Set<String> SUB_RESOURCES =
      Set.of(
          "accelerate",
          "acl",
          "analytics",
          "cors",
          "delete",
          "inventory",
          "lifecycle",
          "location",
          "logging",
          "metrics",
          "notification",
          "object-lock",
          "partNumber",
          "policy",
          "replication",
          "requestPayment",
          "response-cache-control",
          "response-content-disposition",
          "response-content-encoding",
          "response-content-language",
          "response-content-type",
          "response-expires",
          "restore",
          "select",
          "select-type",
          "tagging",
          "torrent",
          "uploadId",
          "uploads",
          "versionId",
          "versioning",
          "versions",
          "website");

  /** What of a listing nothing covers: whoever may sign a header may list all of it. */
  private static final Set<String> LISTING =
      Set.of(
          "prefix",
          "delimiter",
          "marker",
          "max-keys",
          "encoding-type",
          "list-type",
          "continuation-token",
          "start-after",
          "fetch-owner",
          "key-marker",
          "version-id-marker",
          "upload-id-marker",
          "max-uploads",
          "part-number-marker",
          "max-parts");

  private final InstantSource clock;

  SignatureVersion2(InstantSource clock) {
    this.clock = clock;
  }

  /** Who says to have signed, and with what. */
  private record Claim(String accessKeyId, String signature, String date) {}

  static boolean isHeader(String authorization) {
    return authorization.startsWith(SCHEME);
  }

  static boolean isIn(Query query) {
    return query.has("AWSAccessKeyId") || query.has("Signature");
  }

  /**
   * A verified request.
   *
   * @param request as it was meant: of a pre-signed one, without the parameters that were the
   *     signature, and with those that stand for headers as headers
   */
  record Signed(AccessKey caller, SignedRequest request) {}

  Signed verify(SignedRequest request, SignatureVerifier.KeyFinder keys) {
    Optional<String> header = request.header("authorization");
    return header.isPresent()
        ? verifyHeader(request, header.get(), keys)
        : verifyUrl(request, keys);
  }

  private Signed verifyHeader(
      SignedRequest request, String header, SignatureVerifier.KeyFinder keys) {
    String text = header.substring(SCHEME.length()).strip();
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "The authorization header must be AWS KEY:SIGNATURE.");
    }
    for (Query.Parameter parameter : request.query().parameters()) {
      if (!SUB_RESOURCES.contains(parameter.name()) && !LISTING.contains(parameter.name())) {
        throw uncovered(parameter.name());
      }
    }
    SignatureVerifier.checkSkew(Authorization.headerTime(request).instant(), clock.instant());
    boolean amzDate = request.header("x-amz-date").isPresent();
    String date = amzDate ? "" : request.header("date").orElse("");
    Claim claim = new Claim(text.substring(0, colon), text.substring(colon + 1), date);
    return check(request, claim, keys);
  }

  private Signed verifyUrl(SignedRequest request, SignatureVerifier.KeyFinder keys) {
    String expires = required(request.query(), "Expires");
    checkTime(expires);
    Claim claim =
        new Claim(
            required(request.query(), "AWSAccessKeyId"),
            required(request.query(), "Signature"),
            expires);
    return check(meant(request), claim, keys);
  }

  private void checkTime(String expires) {
    if (!expires.matches("[0-9]{1,12}")) {
      throw new Refusal(
          ErrorCode.ACCESS_DENIED, "Expires must be a number of seconds since 1970: " + expires);
    }
    Instant end = Instant.ofEpochSecond(Long.parseLong(expires));
    Instant now = clock.instant();
    if (now.isAfter(end)) {
      throw new Refusal(ErrorCode.ACCESS_DENIED, "Request has expired");
    }
    if (end.isAfter(now.plus(LIFETIME_MAX))) {
      throw new Refusal(
          ErrorCode.ACCESS_DENIED,
          "A pre-signed URL holds at most "
              + LIFETIME_MAX.toDays()
              + " days, this one until "
              + end
              + ".");
    }
  }

  private static SignedRequest meant(SignedRequest request) {
    List<SignedRequest.Header> headers = new ArrayList<>(request.headers());
    List<Query.Parameter> rest = new ArrayList<>();
    for (Query.Parameter parameter : request.query().parameters()) {
      SignedRequest.Header header =
          new SignedRequest.Header(parameter.name(), latin1(parameter.value()));
      if (header.name().startsWith("x-amz-") || REPEATED.contains(header.name())) {
        addMissing(headers, header);
      } else if (SUB_RESOURCES.contains(parameter.name())) {
        rest.add(parameter);
      } else if (!OWN.contains(parameter.name())) {
        throw uncovered(parameter.name());
      }
    }
    return new SignedRequest(request.method(), request.rawPath(), new Query(rest), headers);
  }

  private static Refusal uncovered(String parameter) {
    return new Refusal(
        ErrorCode.INVALID_REQUEST,
        "Signature version 2 does not cover the parameter "
            + parameter
            + "; sign with version 4 (boto3: Config(signature_version='s3v4')).");
  }

  /** A header that was sent, and that the URL repeats, counts once; a second value is refused. */
  private static void addMissing(List<SignedRequest.Header> headers, SignedRequest.Header added) {
    for (SignedRequest.Header header : headers) {
      if (header.name().equals(added.name())) {
        if (!header.value().strip().equals(added.value().strip())) {
          throw new Refusal(
              ErrorCode.ACCESS_DENIED,
              "The header is not the one in the pre-signed URL: " + added.name());
        }
        return;
      }
    }
    if (added.value().chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, added.name() + " must have no control characters.");
    }
    headers.add(added);
  }

  private static Signed check(
      SignedRequest request, Claim claim, SignatureVerifier.KeyFinder keys) {
    AccessKey caller = keys.find(claim.accessKeyId());
    boolean same = isSigned(request, request.rawPath(), claim, caller);
    if (!same && request.rawPath().lastIndexOf('/') == 0) {
      same = isSigned(request, request.rawPath() + "/", claim, caller);
    }
    if (!same) {
      throw SignatureVerifier.doesNotMatch();
    }
    return new Signed(caller, request);
  }

  /**
   * Some clients sign the path of a bucket with a slash that they do not send, boto3 among them.
   */
  private static boolean isSigned(
      SignedRequest request, String path, Claim claim, AccessKey caller) {
    String text = stringToSign(request, path, claim.date());
    return Signing.same(Signing.signVersion2(caller.secret(), text), claim.signature());
  }

  private static String stringToSign(SignedRequest request, String path, String date) {
    return request.method()
        + '\n'
        + request.header("content-md5").orElse("").strip()
        + '\n'
        + request.header("content-type").orElse("").strip()
        + '\n'
        + date
        + '\n'
        + amzHeaders(request)
        + path
        + subResources(request.query());
  }

  private static String amzHeaders(SignedRequest request) {
    SortedMap<String, String> lines = new TreeMap<>();
    for (SignedRequest.Header header : request.headers()) {
      if (header.name().startsWith("x-amz-")) {
        lines.merge(header.name(), header.value().strip(), (one, other) -> one + "," + other);
      }
    }
    return lines.entrySet().stream()
        .map(line -> line.getKey() + ":" + line.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private static String subResources(Query query) {
    String text =
        query.parameters().stream()
            .filter(parameter -> SUB_RESOURCES.contains(parameter.name()))
            .map(parameter ->
                parameter.value().isEmpty()
                    ? parameter.name()
                    : parameter.name() + "=" + latin1(parameter.value()))
            .sorted()
            .collect(Collectors.joining("&"));
    return text.isEmpty() ? "" : "?" + text;
  }

  /** Text whose characters are the UTF-8 bytes of another, as header values are read. */
  private static String latin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String required(Query query, String name) {
    return query
        .first(name)
        .orElseThrow(() ->
            new Refusal(
                ErrorCode.ACCESS_DENIED,
                "Query-string authentication needs Signature, Expires and AWSAccessKeyId; there is"
                    + " no "
                    + name
                    + "."));
  }
}
