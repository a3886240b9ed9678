package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The canonical form of a request ("Create a signed AWS API request", S3's variant: the path is
 * encoded once and never normalised).
 */
final class CanonicalRequest {
  private static final Pattern SPACES = Pattern.compile(" {2,}");

  private CanonicalRequest() {}

  /** The SHA-256 of the canonical request, in hexadecimal digits. */
  static String hash(SignedRequest request, List<String> signedHeaders, String payload) {
    String text =
        request.method()
            + '\n'
            + PercentEncoding.encodePath(PercentEncoding.decode(request.rawPath(), false))
            + '\n'
            + query(request.query())
            + '\n'
            + headers(request, signedHeaders)
            + '\n'
            + String.join(";", signedHeaders)
            + '\n'
            + payload;
    return Signing.sha256Hex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String query(Query query) {
    return query.parameters().stream()
        .filter(parameter -> !parameter.name().equals("X-Amz-Signature"))
        .map(parameter ->
            new Query.Parameter(
                PercentEncoding.encode(parameter.name()),
                PercentEncoding.encode(parameter.value())))
        .sorted(CanonicalRequest::compare)
        .map(parameter -> parameter.name() + "=" + parameter.value())
        .collect(Collectors.joining("&"));
  }

  private static int compare(Query.Parameter left, Query.Parameter right) {
    int byName = left.name().compareTo(right.name());
    return byName != 0 ? byName : left.value().compareTo(right.value());
  }

  private static String headers(SignedRequest request, List<String> signedHeaders) {
    StringBuilder out = new StringBuilder();
    for (String name : signedHeaders) {
      List<String> values = new ArrayList<>();
      for (SignedRequest.Header header : request.headers()) {
        if (header.name().equals(name)) {
          values.add(SPACES.matcher(header.value().strip()).replaceAll(" "));
        }
      }
      if (values.isEmpty()) {
        throw new Refusal(ErrorCode.ACCESS_DENIED, "A header was signed but not sent: " + name);
      }
      out.append(name).append(':').append(String.join(",", values)).append('\n');
    }
    return out.toString();
  }
}
