package dev.millrace.triggers.embedded.signature;

import org.jspecify.annotations.Nullable;

/**
 * The signing key that was derived last: a day's key is four digests away from its secret, and one
 * client asks again and again.
 */
final class LatestKey {
  private volatile @Nullable Derived latest;

  @SuppressWarnings("ArrayRecordComponent")
  private record Derived(SecretKey secret, Scope scope, byte[] key) {}

  byte[] of(SecretKey secret, Scope scope) {
    Derived known = latest;
    if (known == null || !known.secret().equals(secret) || !known.scope().equals(scope)) {
      known = new Derived(secret, scope, Signing.key(secret, scope));
      latest = known;
    }
    return known.key();
  }
}
