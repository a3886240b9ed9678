package dev.millrace.orch.api;

import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who may ask the coordinator what. Keeps digests only; safe for many threads. */
public final class Tokens {
  private final Map<String, Principal> byDigest;

  private Tokens(Map<String, Principal> byDigest) {
    this.byDigest = Map.copyOf(byDigest);
  }

  /** Who holds a token. */
  public record Principal(TenantId tenant, Role role) {}

  /** These tokens, and no others. */
  public static Tokens of(Map<String, Principal> tokens) {
    return new Tokens(
        tokens.entrySet().stream()
            .collect(Collectors.toMap(e -> digest(e.getKey()), Map.Entry::getValue)));
  }

  /** One token that may do everything. */
  public static Tokens admin(String token, TenantId tenant) {
    return of(Map.of(token, new Principal(tenant, Role.ADMIN)));
  }

  /** Who presents this token. Takes the same time whichever digest agrees, or none. */
  Optional<Principal> holder(String presented) {
    byte[] digest = digest(presented).getBytes(StandardCharsets.US_ASCII);
    Optional<Principal> found = Optional.empty();
    for (Map.Entry<String, Principal> known : byDigest.entrySet()) {
      byte[] candidate = known.getKey().getBytes(StandardCharsets.US_ASCII);
      if (MessageDigest.isEqual(digest, candidate)) {
        found = Optional.of(known.getValue());
      }
    }
    return found;
  }

  private static String digest(String token) {
    return Hex.of(Hex.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }
}
