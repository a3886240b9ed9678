package dev.millrace.ledger.checkpoint;

import dev.millrace.ledger.proof.Proofs;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import java.util.HexFormat;
import java.util.List;

/** Checks an inclusion proof far from the ledger: with the proof and the log's public key alone. */
public final class ProofCheck {
  private ProofCheck() {}

  /** What became of a proof. */
  public sealed interface Checked {}

  /** The entry of that hash is in the log at that index. */
  public record Proven(long index, String leafHash, Checkpoint checkpoint) implements Checked {}

  /** It proves nothing. */
  public record Refuted(String reason) implements Checked {}

  /** Checks a proof: the checkpoint's signature, then the path from leaf to root. */
  public static Checked check(Ledger.Proof proof, NoteKey key) {
    return switch (CheckpointNote.open(proof.checkpoint().note(), key)) {
      case CheckpointNote.Refused(String reason) -> new Refuted(reason);
      case CheckpointNote.Believed(Checkpoint signed) -> climb(proof, signed);
    };
  }

  private static Checked climb(Ledger.Proof proof, Checkpoint signed) {
    if (!signed.equals(proof.checkpoint())) {
      return new Refuted("the proof's size or root is not what its signed checkpoint says");
    }
    byte[] leaf;
    byte[] root;
    List<byte[]> path;
    try {
      leaf = HexFormat.of().parseHex(proof.leafHash());
      root = HexFormat.of().parseHex(signed.rootHash());
      path = proof.path().stream().map(HexFormat.of()::parseHex).toList();
    } catch (IllegalArgumentException e) {
      return new Refuted("a hash of the proof is not hex: " + e.getMessage());
    }
    return Proofs.verifyInclusion(proof.index(), signed.size(), leaf, path, root)
        ? new Proven(proof.index(), proof.leafHash(), signed)
        : new Refuted(
            "the path does not lead from the leaf at index "
                + proof.index()
                + " to the root of "
                + signed.size()
                + " entries");
  }
}
