package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.util.Locale;
import java.util.Optional;

/** Requests that name their bucket in the host: {@code bucket.domain}, where there is a domain. */
record VirtualHosts(Optional<String> domain) {

  /** What a request is about, whichever way it says so. */
  Target target(SignedRequest head) {
    return Target.parse(bucket(head).map(name -> "/" + name).orElse("") + head.rawPath());
  }

  /** Whether the host names the bucket. */
  boolean isNamed(SignedRequest head) {
    return bucket(head).isPresent();
  }

  private Optional<String> bucket(SignedRequest head) {
    String host = head.header("host").orElse("").strip().toLowerCase(Locale.ROOT);
    String name = host.replaceFirst(":[0-9]+$", "");
    return domain
        .map(text -> "." + text.toLowerCase(Locale.ROOT))
        .filter(end -> name.endsWith(end) && name.length() > end.length())
        .map(end -> name.substring(0, name.length() - end.length()));
  }
}
