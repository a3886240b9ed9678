package dev.millrace.ledger.log;

import dev.millrace.ledger.checkpoint.CheckpointNote;
import dev.millrace.ledger.checkpoint.NoteKey;
import dev.millrace.ledger.receipt.EntryAudit;
import dev.millrace.ledger.receipt.ReceiptChains;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.sign.Hex;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What a full reading found.
 *
 * @param receipts number of receipts read
 * @param unverified number of receipts whose provider's keys are not known here
 * @param gaps receipts that are missing from a provider's chain: shown, and a problem only when
 *     nothing can account for them
 */
public record LogAudit(
    Verification verification, long receipts, long unverified, List<ReceiptChains.Gap> gaps) {
  public LogAudit {
    gaps = List.copyOf(gaps);
  }

  /** The own checkpoint as it lies there: believed, or a problem. */
  static CheckpointNote.Opened own(byte[] note, NoteKey key) {
    if (note.length == 0) {
      return new CheckpointNote.Refused("the file is gone or empty");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(note)).toString();
      return CheckpointNote.open(text, key);
    } catch (CharacterCodingException e) {
      return new CheckpointNote.Refused("the file is not UTF-8");
    }
  }

  /** A checkpoint from elsewhere: its note is what counts, and its fields must say the same. */
  static CheckpointNote.Opened trusted(Checkpoint checkpoint, NoteKey key) {
    CheckpointNote.Opened opened = CheckpointNote.open(checkpoint.note(), key);
    return opened instanceof CheckpointNote.Believed(Checkpoint signed)
            && !signed.equals(checkpoint)
        ? new CheckpointNote.Refused("its size or root is not what its signed note says")
        : opened;
  }

  /** Compares a checkpoint with the entries that are there. */
  static void against(
      CheckpointNote.Opened opened, String whose, LogScan scan, List<Problem> problems) {
    switch (opened) {
      case CheckpointNote.Refused(String reason) ->
          problems.add(new Problem(-1, whose + " checkpoint is not to be believed: " + reason));
      case CheckpointNote.Believed(Checkpoint signed) -> {
        long size = scan.tree().size();
        if (signed.size() > size) {
          problems.add(
              new Problem(
                  size,
                  "the ledger was cut: "
                      + whose
                      + " checkpoint speaks of "
                      + signed.size()
                      + " entries, "
                      + size
                      + " are here"));
        } else if (!Hex.of(scan.tree().root(signed.size())).equals(signed.rootHash())) {
          problems.add(
              new Problem(
                  -1,
                  "the first "
                      + signed.size()
                      + " entries are not those of "
                      + whose
                      + " checkpoint: an entry was changed, taken out or moved"));
        }
      }
    }
  }

  /** Takes each entry of a scan, and holds what is found. */
  static final class Reading {
    /** So often it is told how far the reading is. */
    private static final int TOLD = 1_024;

    private final EntryAudit entries;
    private final LongConsumer progress;
    private final List<Problem> unreadable = new ArrayList<>();
    private final List<AttemptKey> keys = new ArrayList<>();

    Reading(EntryAudit entries, LongConsumer progress) {
      this.entries = entries;
      this.progress = progress;
    }

    void entry(long index, byte[] bytes, boolean recorded) {
      if (index % TOLD == 0) {
        progress.accept(index);
      }
      while (keys.size() < index) {
        keys.add(new AttemptKey(0, 0));
      }
      try {
        LedgerEntry entry = EntryBytes.read(bytes);
        keys.add(AttemptKey.of(entry.attempt()));
        entries.add(index, entry);
      } catch (MalformedJson e) {
        keys.add(new AttemptKey(0, 0));
        unreadable.add(new Problem(index, "it is not an entry: " + e.getMessage()));
      }
    }

    /** All problems: of the files, of what the entries say, of keys that are not theirs. */
    List<Problem> problems(LogScan scan) {
      List<Problem> all = new ArrayList<>(scan.problems());
      all.addAll(unreadable);
      all.addAll(entries.problems());
      for (int i = 0; i < keys.size(); i++) {
        if (scan.recorded(i) && unread(i) && !scan.index().key(i).equals(keys.get(i))) {
          all.add(
              new Problem(
                  i, "record " + i + " of the file " + LogFiles.INDEX + " names another attempt"));
        }
      }
      return all;
    }

    private boolean unread(int index) {
      return !keys.get(index).equals(new AttemptKey(0, 0));
    }
  }
}
