package dev.millrace.schema.sign;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** The public half of an Ed25519 key, read by the JDK and used by Bouncy Castle. */
public final class OpenKey {
  private final Ed25519PublicKeyParameters point;

  private OpenKey(Ed25519PublicKeyParameters point) {
    this.point = point;
  }

  /**
   * Reads a key.
   *
   * @param x509 its X.509 form
   * @throws IllegalArgumentException when it is none, or no point that a signature could be of
   */
  public static OpenKey of(byte[] x509) {
    try {
      var key =
          (EdECPublicKey)
              KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
      byte[] encoded = key.getEncoded();
      // The key's own bytes are the end of its X.509 form (RFC 8410, section 4).
      int from = encoded.length - Ed25519PublicKeyParameters.KEY_SIZE;
      return new OpenKey(new Ed25519PublicKeyParameters(encoded, from));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 public key", e);
    }
  }

  /** Whether the key's holder has signed exactly these bytes. */
  public boolean verify(byte[] text, byte[] signature) {
    Ed25519Signer signer = new Ed25519Signer();
    signer.init(false, point);
    signer.update(text, 0, text.length);
    return signer.verifySignature(signature);
  }
}
