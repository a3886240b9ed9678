package dev.millrace.orch.api;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Who may ask the coordinator what. Keeps digests only; safe for many threads. */
public final class Tokens {
  private final Map<String, Principal> byDigest;

  private final Function<String, Optional<Principal>> others;

  private Tokens(Map<String, Principal> byDigest, Function<String, Optional<Principal>> others) {
    this.byDigest = Map.copyOf(byDigest);
    this.others = others;
  }

  /**
   * Who holds a token.
   *
   * @param provider for whom a holder of role PROVIDER speaks; null for nobody in particular
   */
  public record Principal(TenantId tenant, Role role, @Nullable ProviderId provider) {
    /** One who speaks for no provider. */
    public Principal(TenantId tenant, Role role) {
      this(tenant, role, null);
    }
  }

  /** These tokens, and no others. */
  public static Tokens of(Map<String, Principal> tokens) {
    return new Tokens(
        tokens.entrySet().stream()
            .collect(Collectors.toMap(e -> digest(e.getKey()), Map.Entry::getValue)),
        presented -> Optional.empty());
  }

  /**
   * These, and those that come and go elsewhere, who are asked where nobody before knows the token:
   * which of them knows it is no secret, and they may be out of reach.
   *
   * @param holders who holds a token; compares in constant time
   */
  public Tokens and(Function<String, Optional<Principal>> holders) {
    Function<String, Optional<Principal>> before = others;
    return new Tokens(
        byDigest,
        presented -> {
          Optional<Principal> known = before.apply(presented);
          return known.isPresent() ? known : holders.apply(presented);
        });
  }

  /** One token that may do everything. */
  public static Tokens admin(String token, TenantId tenant) {
    return of(Map.of(token, new Principal(tenant, Role.ADMIN)));
  }

  /** Who presents this token. Takes the same time whichever digest here agrees. */
  Optional<Principal> holder(String presented) {
    byte[] digest = digest(presented).getBytes(StandardCharsets.US_ASCII);
    Optional<Principal> found = Optional.empty();
    for (Map.Entry<String, Principal> known : byDigest.entrySet()) {
      byte[] candidate = known.getKey().getBytes(StandardCharsets.US_ASCII);
      if (MessageDigest.isEqual(digest, candidate)) {
        found = Optional.of(known.getValue());
      }
    }
    return found.isPresent() ? found : others.apply(presented);
  }

  private static String digest(String token) {
    return Hex.of(Hex.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }
}
