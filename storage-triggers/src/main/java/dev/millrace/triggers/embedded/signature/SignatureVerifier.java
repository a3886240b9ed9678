package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Verifies Signature Version 4 or 2 from the request's head alone, so that nothing of a body is
 * read for someone unknown. Any region is taken as the client names it: the signature covers it.
 */
public final class SignatureVerifier {
  private static final Duration SKEW_MAX = Duration.ofMinutes(15);
  private static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final String CHUNKED_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  private static final String CHUNKED_SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  private static final String CHUNKED_SIGNED_TRAILER = CHUNKED_SIGNED + "-TRAILER";
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");

  private final Credentials credentials;
  private final InstantSource clock;
  private final SignatureVersion2 version2;
  private final LatestKey latest = new LatestKey();

  /** A verifier that asks these credentials and measures age by this clock. */
  public SignatureVerifier(Credentials credentials, InstantSource clock) {
    this.credentials = credentials;
    this.clock = clock;
    this.version2 = new SignatureVersion2(clock);
  }

  /**
   * Who signed the request, and what the signature says of the body.
   *
   * @param request the request as it was meant: what only was the signature may be gone from it
   */
  public record Verified(AccessKey caller, PayloadHash payload, SignedRequest request) {}

  /** Finds access keys; an unknown one is refused. */
  @FunctionalInterface
  interface KeyFinder {
    AccessKey find(String accessKeyId);
  }

  /**
   * Verifies the head of a request.
   *
   * @throws Refusal with S3's code when the request is anonymous, stale, malformed, or not signed
   *     with the secret of its access key
   */
  public Verified verify(SignedRequest request) {
    Query query = request.query();
    String header = request.header("authorization").orElse("");
    if ((Authorization.isIn(query) ? 1 : 0)
            + (SignatureVersion2.isIn(query) ? 1 : 0)
            + (header.isEmpty() ? 0 : 1)
        > 1) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "Only one auth mechanism allowed: a signature in the header or one in the query.");
    }
    return isVersion2(request) ? verifyVersion2(request) : verifyVersion4(request);
  }

  /** Whether a request says to be signed by version 2. */
  public static boolean isVersion2(SignedRequest request) {
    return SignatureVersion2.isIn(request.query())
        || SignatureVersion2.isHeader(request.header("authorization").orElse(""));
  }

  private Verified verifyVersion2(SignedRequest request) {
    SignatureVersion2.Signed signed = version2.verify(request, this::key);
    String payload = signed.request().header("x-amz-content-sha256").orElse(UNSIGNED);
    if (payload.startsWith(CHUNKED_SIGNED)) {
      throw new Refusal(
          ErrorCode.NOT_IMPLEMENTED, "Signature version 2 signs no chunks: " + payload);
    }
    PayloadHash hash =
        switch (payload) {
          case UNSIGNED -> new PayloadHash.Unsigned();
          case CHUNKED_UNSIGNED -> new PayloadHash.Chunked(Optional.empty(), true);
          default -> exact(payload);
        };
    return new Verified(signed.caller(), hash, signed.request());
  }

  /**
   * Who signed the policy of a browser's form, by version 4 or 2. How long it holds, the policy
   * says itself.
   */
  public AccessKey verifyPolicy(PolicySignature signature) {
    if (signature.field("awsaccesskeyid").isPresent()) {
      AccessKey caller = key(field(signature, "awsaccesskeyid"));
      String expected = Signing.signVersion2(caller.secret(), signature.policy());
      return same(expected, field(signature, "signature"), caller);
    }
    if (!field(signature, "x-amz-algorithm").equals("AWS4-HMAC-SHA256")) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "x-amz-algorithm only supports AWS4-HMAC-SHA256.");
    }
    Scope scope = Scope.parse(field(signature, "x-amz-credential"), ErrorCode.INVALID_ARGUMENT);
    if (!field(signature, "x-amz-date").startsWith(scope.date())) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "The credential's date is not the date of the form.");
    }
    AccessKey caller = key(scope.accessKeyId());
    String expected = Signing.sign(Signing.key(caller.secret(), scope), signature.policy());
    return same(expected, field(signature, "x-amz-signature"), caller);
  }

  private static AccessKey same(String expected, String given, AccessKey caller) {
    if (!Signing.same(expected, given)) {
      throw doesNotMatch();
    }
    return caller;
  }

  private static String field(PolicySignature signature, String name) {
    return signature
        .field(name)
        .orElseThrow(() ->
            new Refusal(ErrorCode.ACCESS_DENIED, "A signed form needs the field " + name + "."));
  }

  /** The time by which age is measured. */
  public Instant now() {
    return clock.instant();
  }

  private AccessKey key(String accessKeyId) {
    return credentials
        .find(accessKeyId)
        .orElseThrow(() ->
            new Refusal(
                ErrorCode.INVALID_ACCESS_KEY_ID,
                "The access key id does not exist in this store."));
  }

  private Verified verifyVersion4(SignedRequest request) {
    Authorization claim = Authorization.of(request);
    checkTime(claim);
    AccessKey caller = key(claim.scope().accessKeyId());
    checkCovered(request, claim);
    String payload = payloadName(request, claim);
    byte[] key = latest.of(caller.secret(), claim.scope());
    String hash = CanonicalRequest.hash(request, claim.signedHeaders(), payload);
    String expected = Signing.sign(key, stringToSign(claim, hash));
    if (!Signing.same(expected, claim.signature())) {
      throw doesNotMatch();
    }
    return new Verified(caller, payload(payload, key, claim), request);
  }

  static Refusal doesNotMatch() {
    return new Refusal(
        ErrorCode.SIGNATURE_DOES_NOT_MATCH,
        "The signature does not match: check the secret key and the signing method.");
  }

  private void checkTime(Authorization claim) {
    Instant now = clock.instant();
    Instant signed = claim.timestamp().instant();
    if (!claim.timestamp().text().startsWith(claim.scope().date())) {
      throw new Refusal(
          claim.lifetime().isPresent()
              ? ErrorCode.AUTHORIZATION_QUERY_PARAMETERS_ERROR
              : ErrorCode.AUTHORIZATION_HEADER_MALFORMED,
          "The credential's date is not the date of the request.");
    }
    if (claim.lifetime().isPresent()) {
      if (signed.isAfter(now.plus(SKEW_MAX))) {
        throw new Refusal(ErrorCode.ACCESS_DENIED, "Request is not valid yet");
      }
      if (now.isAfter(signed.plus(claim.lifetime().get()))) {
        throw new Refusal(ErrorCode.ACCESS_DENIED, "Request has expired");
      }
    } else {
      checkSkew(signed, now);
    }
  }

  static void checkSkew(Instant signed, Instant now) {
    if (Duration.between(signed, now).abs().compareTo(SKEW_MAX) > 0) {
      throw new Refusal(
          ErrorCode.REQUEST_TIME_TOO_SKEWED,
          "The request was signed for "
              + signed
              + ", the store's clock says "
              + now
              + "; 15 minutes are allowed.");
    }
  }

  /** What changes the meaning of a request must be covered, or a third party could add it. */
  private static void checkCovered(SignedRequest request, Authorization claim) {
    if (!claim.signedHeaders().contains("host")) {
      throw new Refusal(ErrorCode.ACCESS_DENIED, "The host header must be signed.");
    }
    for (SignedRequest.Header header : request.headers()) {
      String name = header.name();
      boolean free = name.equals("x-amz-content-sha256") && claim.lifetime().isPresent();
      if (name.startsWith("x-amz-") && !free && !claim.signedHeaders().contains(name)) {
        throw new Refusal(
            ErrorCode.ACCESS_DENIED, "There were headers present that were not signed: " + name);
      }
    }
  }

  private static String payloadName(SignedRequest request, Authorization claim) {
    Optional<String> header = request.header("x-amz-content-sha256");
    if (claim.lifetime().isPresent()) {
      Optional<String> parameter = request.query().first("X-Amz-Content-Sha256");
      if (parameter.isPresent()) {
        return parameter.get();
      }
      return claim.signedHeaders().contains("x-amz-content-sha256")
          ? header.orElse(UNSIGNED)
          : UNSIGNED;
    }
    return header.orElseThrow(() ->
        new Refusal(
            ErrorCode.INVALID_REQUEST,
            "Missing required header for this request: x-amz-content-sha256"));
  }

  private static PayloadHash payload(String name, byte[] key, Authorization claim) {
    return switch (name) {
      case UNSIGNED -> new PayloadHash.Unsigned();
      case CHUNKED_UNSIGNED -> new PayloadHash.Chunked(Optional.empty(), true);
      case CHUNKED_SIGNED -> new PayloadHash.Chunked(Optional.of(signer(key, claim)), false);
      case CHUNKED_SIGNED_TRAILER -> new PayloadHash.Chunked(Optional.of(signer(key, claim)), true);
      default -> exact(name);
    };
  }

  private static PayloadHash exact(String name) {
    if (SHA256.matcher(name).matches()) {
      return new PayloadHash.Exact(name.toLowerCase(Locale.ROOT));
    }
    if (name.startsWith("STREAMING-")) {
      throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Not supported: x-amz-content-sha256 " + name);
    }
    throw new Refusal(
        ErrorCode.INVALID_ARGUMENT,
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- form or a SHA-256.");
  }

  private static ChunkSigner signer(byte[] key, Authorization claim) {
    return new ChunkSigner(key, claim.timestamp().text(), claim.scope().text(), claim.signature());
  }

  private static String stringToSign(Authorization claim, String requestHash) {
    return String.join(
        "\n",
        List.of("AWS4-HMAC-SHA256", claim.timestamp().text(), claim.scope().text(), requestHash));
  }
}
