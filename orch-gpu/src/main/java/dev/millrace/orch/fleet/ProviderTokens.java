package dev.millrace.orch.fleet;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The tokens of providers: one each, kept as digests in a file of its owner alone. A provider's
 * first introduction binds its signing key to its token; a fresh token unbinds it. Safe for many
 * threads.
 */
public final class ProviderTokens {
  private static final int BYTES = 32;

  private final Path file;
  private volatile List<Entry> entries;

  /**
   * One provider.
   *
   * @param sha256 of its token, in hex
   * @param publicKey in base64; empty until it has introduced itself
   * @param buckets whether it comes through the intermediate bucket
   */
  private record Entry(ProviderId provider, String sha256, String publicKey, boolean buckets) {}

  private ProviderTokens(Path file, List<Entry> entries) {
    this.file = file;
    this.entries = List.copyOf(entries);
  }

  /** Those of this file; none when it is not there. */
  public static ProviderTokens open(Path file) throws IOException {
    return new ProviderTokens(
        file,
        Files.exists(file) ? Json.readList(Files.readAllBytes(file), Entry.class) : List.of());
  }

  /** Whether any provider elsewhere may ask. */
  public boolean any() {
    return !entries.isEmpty();
  }

  /** Providers that come through the intermediate bucket. */
  public Set<ProviderId> byBuckets() {
    return entries.stream()
        .filter(Entry::buckets)
        .map(Entry::provider)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whose token this is. Takes the same time whichever digest agrees, or none. */
  public Optional<ProviderId> holder(String presented) {
    byte[] digest = digest(presented).getBytes(StandardCharsets.US_ASCII);
    Optional<ProviderId> found = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(digest, entry.sha256().getBytes(StandardCharsets.US_ASCII))) {
        found = Optional.of(entry.provider());
      }
    }
    return found;
  }

  /**
   * A fresh token for a provider; the one that it had is worth nothing from now on.
   *
   * @param buckets whether it comes through the intermediate bucket
   * @param random must be unpredictable
   */
  public synchronized String issue(ProviderId provider, boolean buckets, RandomGenerator random)
      throws IOException {
    String token = fresh(random);
    put(provider, buckets, token);
    return token;
  }

  /** A token that is nobody's yet. */
  static String fresh(RandomGenerator random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }

  /** Gives a provider this token, in place of the one that it had. */
  synchronized void put(ProviderId provider, boolean buckets, String token) throws IOException {
    replace(new Entry(provider, digest(token), "", buckets));
  }

  /** The signing key that is bound to a provider's token; empty until it has introduced itself. */
  public Optional<String> boundKey(ProviderId provider) {
    return entries.stream()
        .filter(entry -> entry.provider().equals(provider))
        .map(Entry::publicKey)
        .filter(key -> !key.isEmpty())
        .findFirst();
  }

  /** Whether a provider has a token that another key is bound to, or none yet. */
  public boolean withdrawn(ProviderId provider, String publicKey) {
    return entries.stream()
        .anyMatch(
            entry -> entry.provider().equals(provider) && !entry.publicKey().equals(publicKey));
  }

  /** What is left in the bucket for the store's key that came with a provider's token. */
  Optional<String> mark(ProviderId provider) {
    return entries.stream()
        .filter(entry -> entry.provider().equals(provider))
        .map(entry -> markOf(entry.sha256()))
        .findFirst();
  }

  /** The same for a token that may not be a provider's yet. */
  public static String mark(String token) {
    return markOf(digest(token));
  }

  private static String markOf(String sha256) {
    return digest("millrace prefix key\n" + sha256).substring(0, 32);
  }

  /**
   * Binds a provider's signing key, durably, when none is bound yet.
   *
   * @return false when another key is bound, or nobody ever gave this provider a token
   */
  public synchronized boolean bind(ProviderId provider, String publicKey) throws IOException {
    for (Entry entry : entries) {
      if (entry.provider().equals(provider)) {
        if (entry.publicKey().isEmpty()) {
          replace(new Entry(provider, entry.sha256(), publicKey, entry.buckets()));
          return true;
        }
        return entry.publicKey().equals(publicKey);
      }
    }
    return false;
  }

  private void replace(Entry fresh) throws IOException {
    List<Entry> next = new ArrayList<>(entries);
    next.removeIf(entry -> entry.provider().equals(fresh.provider()));
    next.add(fresh);
    byte[] text = (Json.pretty(next) + "\n").getBytes(StandardCharsets.UTF_8);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(
            part,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text));
      channel.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    entries = List.copyOf(next);
  }

  private static String digest(String token) {
    return Hex.of(Hex.sha256(token.getBytes(StandardCharsets.UTF_8)));
  }
}
