package dev.millrace.schema.sign;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bytes for one reader alone, to be left where others can read: X25519 with a fresh key on both
 * sides, HKDF-SHA256, AES-256-GCM, all by the JDK. Who sealed it is not known by it: sign it.
 */
public final class SealedBox {
  private static final String CURVE = "X25519";
  private static final byte[] CONTEXT = "millrace.seal.v1".getBytes(StandardCharsets.US_ASCII);

  private final KeyPair pair;

  private SealedBox(KeyPair pair) {
    this.pair = pair;
  }

  /** A key pair for one answer. */
  public static SealedBox fresh() {
    return new SealedBox(pair());
  }

  /** What others seal to: X.509 form in base64url. */
  public String publicKey() {
    return text(pair.getPublic().getEncoded());
  }

  /**
   * Opens what was sealed to this key.
   *
   * @throws IllegalArgumentException when it was not, or was changed
   */
  public byte[] open(String sealed) {
    int dot = sealed.indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException("not a sealed text");
    }
    try {
      byte[] from = Base64.getUrlDecoder().decode(sealed.substring(0, dot));
      byte[] key = agreed(pair.getPrivate(), from, from, pair.getPublic().getEncoded());
      return cipher(Cipher.DECRYPT_MODE, key)
          .doFinal(Base64.getUrlDecoder().decode(sealed.substring(dot + 1)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("sealed to another key, or changed", e);
    }
  }

  /**
   * Seals for the holder of a key.
   *
   * @param publicKey as {@link #publicKey()} gives it
   * @throws IllegalArgumentException when that is no such key
   */
  public static String seal(String publicKey, byte[] plain) {
    try {
      KeyPair own = pair();
      byte[] to = Base64.getUrlDecoder().decode(publicKey);
      byte[] from = own.getPublic().getEncoded();
      byte[] key = agreed(own.getPrivate(), to, from, to);
      return text(from) + "." + text(cipher(Cipher.ENCRYPT_MODE, key).doFinal(plain));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a key to seal to", e);
    }
  }

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance(CURVE).generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no X25519", e);
    }
  }

  /** Bound to both public keys, as RFC 7748 section 6.1 wants it. */
  private static byte[] agreed(PrivateKey own, byte[] other, byte[] from, byte[] to)
      throws GeneralSecurityException {
    PublicKey key = KeyFactory.getInstance(CURVE).generatePublic(new X509EncodedKeySpec(other));
    KeyAgreement agreement = KeyAgreement.getInstance(CURVE);
    agreement.init(own);
    agreement.doPhase(key, true);
    byte[] info = new byte[CONTEXT.length + from.length + to.length];
    System.arraycopy(CONTEXT, 0, info, 0, CONTEXT.length);
    System.arraycopy(from, 0, info, CONTEXT.length, from.length);
    System.arraycopy(to, 0, info, CONTEXT.length + from.length, to.length);
    return KDF.getInstance("HKDF-SHA256")
        .deriveData(
            HKDFParameterSpec.ofExtract().addIKM(agreement.generateSecret()).thenExpand(info, 32));
  }

  /** The key is used for this one message, so that its nonce may be fixed. */
  private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, new byte[12]));
    return cipher;
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
