package dev.millrace.orch.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The secret that came with a request of a store, in whichever place its software can put one: a
 * bearer token, the password of Basic authentication, or the query's {@code token}.
 */
final class Credential {
  private Credential() {}

  /** What was presented; empty when nothing was. */
  static String presented(@Nullable String authorization, @Nullable String query) {
    if (authorization != null && isOf(authorization, "Bearer ")) {
      return authorization.substring("Bearer ".length()).strip();
    }
    if (authorization != null && isOf(authorization, "Basic ")) {
      return password(authorization.substring("Basic ".length()).strip());
    }
    return query == null ? "" : token(query);
  }

  private static boolean isOf(String authorization, String scheme) {
    return authorization.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  private static String password(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? "" : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String token(String query) {
    for (String pair : query.split("&", -1)) {
      if (pair.startsWith("token=")) {
        try {
          return URLDecoder.decode(pair.substring("token=".length()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
          return "";
        }
      }
    }
    return "";
  }
}
