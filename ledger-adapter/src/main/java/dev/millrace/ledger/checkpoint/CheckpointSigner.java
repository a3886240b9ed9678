package dev.millrace.ledger.checkpoint;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** Signs checkpoints of one log; its key's name is the log's origin. */
public final class CheckpointSigner {
  private final NoteKey open;
  private final PrivateKey secret;

  /**
   * A signer.
   *
   * @param origin the log's name, for instance {@code example.org/millrace}
   */
  public CheckpointSigner(String origin, SigningKey key) {
    this.open = NoteKey.of(origin, key.publicKey());
    try {
      this.secret =
          KeyFactory.getInstance("Ed25519")
              .generatePrivate(new PKCS8EncodedKeySpec(key.privateKey()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not an Ed25519 key pair", e);
    }
  }

  /** The key that verifies what this signs. */
  public NoteKey key() {
    return open;
  }

  /** A signed checkpoint. */
  public Checkpoint sign(long size, byte[] root) {
    String text =
        open.name() + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root) + "\n";
    byte[] id = open.id();
    byte[] signature = signed(text.getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(id, id.length + signature.length);
    System.arraycopy(signature, 0, both, id.length, signature.length);
    String note =
        text + "\n\u2014 " + open.name() + " " + Base64.getEncoder().encodeToString(both) + "\n";
    return new Checkpoint(open.name(), size, Hex.of(root), note);
  }

  private byte[] signed(byte[] text) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(secret);
      signature.update(text);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing a checkpoint of " + open.name() + " failed", e);
    }
  }
}
