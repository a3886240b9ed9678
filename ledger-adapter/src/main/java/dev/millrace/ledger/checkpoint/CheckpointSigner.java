package dev.millrace.ledger.checkpoint;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Signs checkpoints of one log; its key's name is the log's origin. */
public final class CheckpointSigner {
  private final NoteKey open;
  private final SigningKey secret;

  /**
   * A signer.
   *
   * @param origin the log's name, for instance {@code example.org/millrace}
   */
  public CheckpointSigner(String origin, SigningKey key) {
    this.open = NoteKey.of(origin, key.publicKey());
    this.secret = key;
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
    byte[] signature = secret.signature(text.getBytes(StandardCharsets.UTF_8));
    byte[] both = Arrays.copyOf(id, id.length + signature.length);
    System.arraycopy(signature, 0, both, id.length, signature.length);
    String note =
        text + "\n\u2014 " + open.name() + " " + Base64.getEncoder().encodeToString(both) + "\n";
    return new Checkpoint(open.name(), size, Hex.of(root), note);
  }
}
