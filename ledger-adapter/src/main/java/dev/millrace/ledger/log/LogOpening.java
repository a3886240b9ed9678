package dev.millrace.ledger.log;

import dev.millrace.ledger.checkpoint.CheckpointNote;
import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies in the folder when a ledger is opened: read whole, compared, and made ready to append
 * unless it is damaged.
 *
 * @param checkpoint the newest that is durable
 * @param notes what was repaired
 * @param damage what was found and left alone
 */
record LogOpening(LogState state, Checkpoint checkpoint, List<String> notes, List<Problem> damage) {

  static LogOpening of(LogFiles files, CheckpointSigner signer) throws IOException {
    if (files.checkpoint().length == 0 && files.entries().size() == Frames.FIRST_LINE.length) {
      Checkpoint first = signer.sign(0, new LogState().root(0));
      files.checkpoint(first.note().getBytes(StandardCharsets.UTF_8));
    }
    CheckpointNote.Opened own = LogAudit.own(files.checkpoint(), signer.key());
    Checkpoint newest =
        own instanceof CheckpointNote.Believed(Checkpoint signed)
            ? signed
            : new Checkpoint(signer.key().name(), 0, "", "");
    Keys keys = new Keys();
    LogScan scan;
    try (LogFiles.Reading reading = files.reading()) {
      LogScan.Extent all =
          new LogScan.Extent(files.entries().size(), newest.size(), Long.MAX_VALUE);
      scan = LogScan.of(reading, all, keys::entry);
    }
    List<Problem> damage = new ArrayList<>(scan.problems());
    damage.addAll(keys.unreadable);
    LogAudit.against(own, "the ledger's own", scan, damage);
    List<String> notes = damage.isEmpty() ? mended(files, scan, keys) : List.of();
    return new LogOpening(stateOf(scan, keys), newest, notes, damage);
  }

  /** Keys of entries that the index does not know. */
  private static final class Keys {
    private final Map<Long, AttemptKey> read = new HashMap<>();
    private final List<Problem> unreadable = new ArrayList<>();

    void entry(long index, byte[] bytes, boolean recorded) {
      if (recorded) {
        return;
      }
      try {
        read.put(index, AttemptKey.of(EntryBytes.read(bytes).attempt()));
      } catch (MalformedJson e) {
        unreadable.add(new Problem(index, "it is not an entry: " + e.getMessage()));
      }
    }

    AttemptKey of(LogScan scan, long index) {
      AttemptKey key = read.get(index);
      if (key != null) {
        return key;
      }
      return scan.index().sound(index) ? scan.index().key(index) : new AttemptKey(0, index);
    }
  }

  private static LogState stateOf(LogScan scan, Keys keys) {
    LogState state = new LogState();
    for (long i = 0; i < scan.tree().size(); i++) {
      state.add(scan.tree().leaf(i), scan.end(i), keys.of(scan, i));
    }
    return state;
  }

  /** Takes a torn write away and gives the index what it lacks. */
  private static List<String> mended(LogFiles files, LogScan scan, Keys keys) throws IOException {
    List<String> notes = new ArrayList<>();
    if (scan.tornAt() >= 0) {
      notes.add(
          "a write that was cut short was taken away: "
              + (files.entries().size() - scan.tornAt())
              + " bytes from byte "
              + scan.tornAt()
              + " of the file "
              + LogFiles.ENTRIES
              + ", after entry "
              + (scan.tree().size() - 1)
              + "; nobody was told that they are durable");
      files.entries().truncate(scan.tornAt());
      files.entries().force(true);
    }
    long there = scan.index().count();
    long missing = scan.tree().size() - there;
    if (missing > 0 || files.index().size() != IndexRecords.place(there)) {
      ByteArrayOutputStream records = new ByteArrayOutputStream();
      for (long i = there; i < scan.tree().size(); i++) {
        records.writeBytes(
            IndexRecords.record(i, scan.tree().leaf(i), scan.end(i), keys.of(scan, i)));
      }
      files.index().truncate(IndexRecords.place(there));
      LogFiles.write(
          files.index(), ByteBuffer.wrap(records.toByteArray()), IndexRecords.place(there));
      files.index().force(true);
      notes.add("the index was completed by " + missing + " entries");
    }
    return notes;
  }
}
