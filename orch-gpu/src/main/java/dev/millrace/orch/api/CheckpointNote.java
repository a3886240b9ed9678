package dev.millrace.orch.api;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.sign.Hex;
import java.util.Base64;

/** Reads the C2SP tlog-checkpoint form: origin, size and root hash on a line each, signatures. */
final class CheckpointNote {
  private CheckpointNote() {}

  /** The checkpoint that a note states; its signature is the ledger's to check. */
  static Checkpoint parse(String note) {
    String[] lines = note.split("\n", -1);
    if (lines.length < 4 || !lines[1].matches("0|[1-9][0-9]{0,17}")) {
      throw notOne();
    }
    try {
      byte[] root = Base64.getDecoder().decode(lines[2]);
      return new Checkpoint(lines[0], Long.parseLong(lines[1]), Hex.of(root), note);
    } catch (IllegalArgumentException e) {
      throw notOne();
    }
  }

  private static Refusal notOne() {
    return Refusal.badRequest(
        "checkpoint must be a signed note: origin, size and root hash on a line each, an empty"
            + " line, signatures");
  }
}
