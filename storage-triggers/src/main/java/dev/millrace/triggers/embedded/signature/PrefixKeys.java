package dev.millrace.triggers.embedded.signature;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * Access keys that can list and read one prefix of one bucket, and nothing else. Such a key's id
 * says what it may and which key it comes from; its secret is derived from that key's secret. So
 * whoever has the one can make the other without asking the store, which keeps none of them. A key
 * holds while its mark, an object below its prefix, is there: it ends with that, or with the key
 * that it comes from.
 */
public final class PrefixKeys implements Credentials, Authorizer {
  private static final String MARK = "MRP.";
  private static final Set<String> LISTINGS = Set.of("ListObjects", "ListObjectsV2");

  private final Credentials whole;
  private final Authorizer others;
  private final Marks marks;

  /** Whether an object is there. */
  @FunctionalInterface
  public interface Marks {
    /** Asked at each request that comes with such a key. */
    boolean stands(String bucket, String key);
  }

  /** What such a key may. */
  private record Scope(String parent, String bucket, String prefix, String mark) {}

  /**
   * Knows these keys, and those that are derived from them.
   *
   * @param others decides for keys that are not derived
   */
  public PrefixKeys(Credentials whole, Authorizer others, Marks marks) {
    this.marks = marks;
    this.whole = whole;
    this.others = others;
  }

  /** Where the mark of this name lies, without which a key that names it is worth nothing. */
  public static String markKey(String prefix, String mark) {
    return prefix + ".mail/key-" + mark;
  }

  /**
   * The key of this prefix that comes from a whole key.
   *
   * @param mark letters and digits
   */
  public static AccessKey derive(AccessKey whole, String bucket, String prefix, String mark) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    byte[] scope = (bucket + "/" + prefix).getBytes(StandardCharsets.UTF_8);
    String id = MARK + whole.id() + "." + encoder.encodeToString(scope) + "." + mark;
    return derived(whole, id);
  }

  private static AccessKey derived(AccessKey whole, String id) {
    byte[] secret = Signing.hmac(whole.secret().value(), "millrace prefix key " + id);
    return new AccessKey(
        id,
        new SecretKey(Base64.getUrlEncoder().withoutPadding().encodeToString(secret)),
        whole.tenant());
  }

  @Override
  public Optional<AccessKey> find(String accessKeyId) {
    if (!accessKeyId.startsWith(MARK)) {
      return whole.find(accessKeyId);
    }
    return scope(accessKeyId)
        .flatMap(scope -> whole.find(scope.parent()))
        .map(parent -> derived(parent, accessKeyId));
  }

  private static Optional<Scope> scope(String id) {
    String[] parts = id.substring(MARK.length()).split("\\.", -1);
    if (parts.length != 3 || parts[2].isEmpty()) {
      return Optional.empty();
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
      int slash = text.indexOf('/');
      return slash < 1 || slash == text.length() - 1
          ? Optional.empty()
          : Optional.of(
              new Scope(parts[0], text.substring(0, slash), text.substring(slash + 1), parts[2]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean permits(AccessKey caller, Access access) {
    if (!caller.id().startsWith(MARK)) {
      return others.permits(caller, access);
    }
    boolean reads =
        switch (access.action()) {
          case READ -> true;
          case LIST -> LISTINGS.contains(access.operation());
          case WRITE, DELETE, ADMINISTER -> false;
        };
    return reads
        && scope(caller.id())
            .filter(s -> s.bucket().equals(access.bucket()))
            .filter(s -> access.key().startsWith(s.prefix()))
            .filter(s -> marks.stands(s.bucket(), markKey(s.prefix(), s.mark())))
            .isPresent();
  }
}
