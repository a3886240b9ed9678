package dev.millrace.triggers.embedded.signature;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What of a request a signature covers, as it came over the wire.
 *
 * @param rawPath the path with its percent signs, neither decoded nor normalised
 * @param query the decoded query
 * @param headers all headers in their order; the characters of a value are its bytes (ISO-8859-1)
 */
public record SignedRequest(String method, String rawPath, Query query, List<Header> headers) {

  /** One header line; the name is in lower case. */
  public record Header(String name, String value) {
    public Header {
      name = name.toLowerCase(Locale.ROOT);
    }
  }

  public SignedRequest {
    headers = List.copyOf(headers);
  }

  /** The first value of a header, named in lower case. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equals(name))
        .map(Header::value)
        .findFirst();
  }
}
