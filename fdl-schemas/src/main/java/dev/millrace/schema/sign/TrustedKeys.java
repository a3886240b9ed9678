package dev.millrace.schema.sign;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.Map;

/** Public keys that are believed, by id. */
public final class TrustedKeys {
  private final Map<String, PublicKey> keys;

  private TrustedKeys(Map<String, PublicKey> keys) {
    this.keys = Map.copyOf(keys);
  }

  /**
   * Believes exactly these keys.
   *
   * @param x509 public keys in X.509 form
   */
  public static TrustedKeys of(byte[]... x509) {
    Map<String, PublicKey> keys = new HashMap<>();
    for (byte[] encoded : x509) {
      try {
        keys.put(
            SigningKey.idOf(encoded),
            KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException("not an Ed25519 public key", e);
      }
    }
    return new TrustedKeys(keys);
  }

  /** Whether the bytes are of that type and signed by a key that is believed. */
  public boolean verify(String type, SignedBytes signed) {
    PublicKey key = keys.get(signed.keyId());
    if (key == null || !signed.type().equals(type)) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(SignedBytes.preAuthentication(type, signed.bytes()));
      return signature.verify(signed.signature());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
