package dev.millrace.orch.secret;

import dev.millrace.orch.journal.SealedSecret;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.keys.SecretKeyFile.Key;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * What is sealed of a secret: its value and, behind a NUL, which no value has, a digest of the one
 * that a file gave last. The digest is as secret as the value: it is never kept otherwise.
 *
 * @param given that digest; empty where no file ever gave one
 */
record Contents(String value, String given) {
  /** As they come from a file. */
  static Contents ofFile(String value) {
    return new Contents(value, digest(value));
  }

  /** With another value, that no file gave. */
  static Contents of(String value, Optional<Contents> before) {
    return new Contents(value, before.map(Contents::given).orElse(""));
  }

  /** What was sealed; empty when it does not open under these keys. */
  static Optional<Contents> open(SealedSecret kept, List<Key> keys) {
    StoredSecret about = kept.about();
    return keys.stream()
        .filter(key -> key.id().equals(about.keyId()))
        .findFirst()
        .flatMap(key -> SecretSeal.open(key, about.tenant(), about.name(), kept.sealed()))
        .map(bytes -> parse(new String(bytes, StandardCharsets.UTF_8)));
  }

  private static Contents parse(String text) {
    int end = text.indexOf('\0');
    return end < 0
        ? new Contents(text, "")
        : new Contents(text.substring(0, end), text.substring(end + 1));
  }

  String seal(Key key, TenantId tenant, SecretName name, SecureRandom random) {
    String text = given.isEmpty() ? value : value + '\0' + given;
    return SecretSeal.seal(key, tenant, name, text.getBytes(StandardCharsets.UTF_8), random);
  }

  /** Whether a file gave this value last. */
  boolean wasGiven(String text) {
    return given.equals(digest(text));
  }

  private static String digest(String value) {
    return Hex.of(Hex.sha256(value.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public String toString() {
    return "Contents[]";
  }
}
