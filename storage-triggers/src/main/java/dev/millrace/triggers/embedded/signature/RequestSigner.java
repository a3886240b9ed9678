package dev.millrace.triggers.embedded.signature;

import java.net.URI;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Signs requests without a body by Signature Version 4, for what is the store's own. */
public final class RequestSigner {
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String EMPTY = Signing.sha256Hex(new byte[0]);
  private static final Query NO_QUERY = new Query(List.of());
  private static final List<String> SIGNED = List.of("host", "x-amz-content-sha256", "x-amz-date");
  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

  private final AccessKey key;
  private final String region;
  private final InstantSource clock;
  private final LatestKey latest = new LatestKey();

  /** Signs with this key, for this region, at this clock's time. */
  public RequestSigner(AccessKey key, String region, InstantSource clock) {
    this.key = key;
    this.region = region;
    this.clock = clock;
  }

  /** The headers to send beside {@code Host}, which the client sends by itself. */
  public List<SignedRequest.Header> sign(String method, URI target) {
    String query = Optional.ofNullable(target.getRawQuery()).orElse("");
    return sign(method, target.getRawAuthority(), target.getRawPath(), Query.parse(query));
  }

  /** The same for a path without a query, at this host. */
  public List<SignedRequest.Header> sign(String method, String host, String rawPath) {
    return sign(method, host, rawPath, NO_QUERY);
  }

  private List<SignedRequest.Header> sign(String method, String host, String rawPath, Query query) {
    String time = BASIC.format(clock.instant().atZone(ZoneOffset.UTC));
    Scope scope = new Scope(key.id(), time.substring(0, 8), region, "s3");
    List<SignedRequest.Header> headers = new ArrayList<>();
    headers.add(new SignedRequest.Header("host", host));
    headers.add(new SignedRequest.Header("x-amz-content-sha256", EMPTY));
    headers.add(new SignedRequest.Header("x-amz-date", time));
    String hash =
        CanonicalRequest.hash(new SignedRequest(method, rawPath, query, headers), SIGNED, EMPTY);
    String signature =
        Signing.sign(
            latest.of(key.secret(), scope),
            String.join("\n", List.of(ALGORITHM, time, scope.text(), hash)));
    List<SignedRequest.Header> sent = new ArrayList<>(headers.subList(1, headers.size()));
    sent.add(
        new SignedRequest.Header(
            "authorization",
            ALGORITHM
                + " Credential="
                + key.id()
                + "/"
                + scope.text()
                + ", SignedHeaders="
                + String.join(";", SIGNED)
                + ", Signature="
                + signature));
    return sent;
  }
}
