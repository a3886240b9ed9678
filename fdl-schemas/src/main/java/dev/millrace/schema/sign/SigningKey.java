package dev.millrace.schema.sign;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.function.Consumer;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/**
 * An Ed25519 key pair (RFC 8032) that signs for the coordinator or a provider. The JDK makes and
 * reads keys; Bouncy Castle signs, the same bytes as the JDK would, in a tenth of its time.
 */
public final class SigningKey {
  private final PrivateKey secret;
  private final PublicKey open;
  private final Ed25519PrivateKeyParameters scalar;
  private final String id;
  private final Consumer<SignedBytes> told;

  private SigningKey(PrivateKey secret, PublicKey open, Consumer<SignedBytes> told) {
    this.secret = secret;
    this.open = open;
    this.scalar = scalar(secret);
    this.id = idOf(open.getEncoded());
    this.told = told;
  }

  /** This key, which tells of all that it signs. */
  public SigningKey telling(Consumer<SignedBytes> told) {
    return new SigningKey(secret, open, told);
  }

  private static Ed25519PrivateKeyParameters scalar(PrivateKey secret) {
    if (!(secret instanceof EdECPrivateKey key)) {
      throw new IllegalArgumentException("not an Ed25519 private key");
    }
    return new Ed25519PrivateKeyParameters(
        key.getBytes().orElseThrow(() -> new IllegalArgumentException("the key says no bytes")), 0);
  }

  /** A new key from the platform's secure random source. */
  public static SigningKey generate() {
    try {
      KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      return new SigningKey(pair.getPrivate(), pair.getPublic(), signed -> {});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no Ed25519", e);
    }
  }

  /**
   * A key that was kept.
   *
   * @param pkcs8 the private key
   * @param x509 the public key
   */
  public static SigningKey of(byte[] pkcs8, byte[] x509) {
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      return new SigningKey(
          factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)),
          factory.generatePublic(new X509EncodedKeySpec(x509)),
          signed -> {});
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 key pair", e);
    }
  }

  /** First 32 hex digits of SHA-256 over the X.509 form of a public key. */
  public static String idOf(byte[] x509) {
    return Hex.of(Hex.sha256(x509)).substring(0, 32);
  }

  /** This key's id. */
  public String id() {
    return id;
  }

  /** The public key in X.509 form. */
  public byte[] publicKey() {
    return open.getEncoded();
  }

  /** The private key in PKCS 8 form, for the file that keeps it. */
  public byte[] privateKey() {
    return secret.getEncoded();
  }

  /** Signs bytes under a type tag. */
  public SignedBytes sign(String type, byte[] bytes) {
    SignedBytes signed =
        new SignedBytes(type, bytes, id, signature(SignedBytes.preAuthentication(type, bytes)));
    told.accept(signed);
    return signed;
  }

  /** The 64 bytes of the signature of a text whose own form says what it is, as a note's does. */
  public byte[] signature(byte[] text) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(true, scalar);
    signer.update(text, 0, text.length);
    return signer.generateSignature();
  }
}
