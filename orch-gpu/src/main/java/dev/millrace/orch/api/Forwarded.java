package dev.millrace.orch.api;

import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** What proxies say of how a request came to them: X-Forwarded-Proto, and Forwarded (RFC 7239). */
final class Forwarded {
  private static final String PROTO = "proto=";

  private Forwarded() {}

  /**
   * Whether one of them was asked by another way than TLS.
   *
   * @param headers of the request, by name
   */
  static boolean plain(Function<String, Enumeration<String>> headers) {
    return parts(headers.apply("X-Forwarded-Proto"), ",").anyMatch(Forwarded::isPlain)
        || parts(headers.apply("Forwarded"), "[,;]")
            .filter(part -> part.startsWith(PROTO))
            .map(part -> part.substring(PROTO.length()).replace("\"", ""))
            .anyMatch(Forwarded::isPlain);
  }

  private static Stream<String> parts(Enumeration<String> values, String between) {
    return Collections.list(values).stream()
        .flatMap(value -> Arrays.stream(value.split(between, -1)))
        .map(part -> part.strip().toLowerCase(Locale.ROOT));
  }

  private static boolean isPlain(String protocol) {
    return !protocol.isBlank() && !protocol.strip().equals("https");
  }
}
