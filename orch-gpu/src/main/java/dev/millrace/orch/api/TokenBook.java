package dev.millrace.orch.api;

import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that an administrator gave out: digests only, so that a token is seen once, when it is
 * made. Safe for many threads.
 */
public final class TokenBook {
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 8;

  private final TokenShelf shelf;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * A token.
   *
   * @param id names it without being a secret
   * @param name what people call it
   * @param sha256 of the token, in hex
   * @param expiresAt from when on it is worth nothing; null for never
   */
  public record Entry(
      String id,
      String name,
      Role role,
      TenantId tenant,
      String sha256,
      Instant createdAt,
      @Nullable Instant expiresAt) {
    boolean isWorthSomething(Instant now) {
      return expiresAt == null || now.isBefore(expiresAt);
    }
  }

  /**
   * A token that was just made.
   *
   * @param secret the token itself, which is kept nowhere
   */
  record Issued(Entry entry, String secret) {}

  /**
   * @param random must be unpredictable
   */
  public TokenBook(TokenShelf shelf, InstantSource clock, RandomGenerator random) {
    this.shelf = shelf;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Those of this file; none when it is not there.
   *
   * @param random must be unpredictable
   */
  public static TokenBook open(Path file, InstantSource clock, RandomGenerator random)
      throws IOException {
    return new TokenBook(FileTokens.open(file), clock, random);
  }

  /** Who presents this token. Takes the same time whichever digest agrees, or none. */
  public Optional<Tokens.Principal> holder(String presented) {
    byte[] digest = digest(presented).getBytes(StandardCharsets.US_ASCII);
    Optional<Entry> found = Optional.empty();
    for (Entry entry : shelf.tokens()) {
      if (MessageDigest.isEqual(digest, entry.sha256().getBytes(StandardCharsets.US_ASCII))) {
        found = Optional.of(entry);
      }
    }
    Instant now = clock.instant();
    return found
        .filter(entry -> entry.isWorthSomething(now))
        .map(entry -> new Tokens.Principal(entry.tenant(), entry.role()));
  }

  /** A tenant's tokens, expired ones too. */
  List<Entry> entries(TenantId tenant) {
    return shelf.tokens().stream().filter(entry -> entry.tenant().equals(tenant)).toList();
  }

  /**
   * Makes a token, durably.
   *
   * @throws IllegalArgumentException when it would be worth nothing, or there are too many
   */
  synchronized Issued issue(TenantId tenant, String name, Role role, @Nullable Instant expiresAt)
      throws IOException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    if (expiresAt != null && !now.isBefore(expiresAt)) {
      throw new IllegalArgumentException("expiresAt " + expiresAt + " has passed: it is " + now);
    }
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(SECRET_BYTES));
    String id = Hex.of(bytes(ID_BYTES));
    Entry entry = new Entry(id, name, role, tenant, digest(secret), now, expiresAt);
    if (!shelf.put(entry, now)) {
      throw new IllegalArgumentException(
          "there are " + TokenShelf.MOST + " tokens, which is the limit: revoke some");
    }
    return new Issued(entry, secret);
  }

  /** Makes a token worthless, durably; false when the tenant has none of this id. */
  boolean revoke(TenantId tenant, String id) throws IOException {
    return shelf.remove(tenant, id);
  }

  private byte[] bytes(int count) {
    byte[] fresh = new byte[count];
    random.nextBytes(fresh);
    return fresh;
  }

  private static String digest(String token) {
    return Hex.of(Hex.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }
}
