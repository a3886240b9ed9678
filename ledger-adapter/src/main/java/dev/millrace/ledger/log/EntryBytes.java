package dev.millrace.ledger.log;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes that stand for an entry: a line with their type, then its JSON. */
final class EntryBytes {
  static final int LONGEST = 1024 * 1024;
  private static final byte[] TAG = "millrace.entry.v1\n".getBytes(StandardCharsets.US_ASCII);

  private EntryBytes() {}

  static byte[] of(LedgerEntry entry) {
    byte[] json = Json.bytes(entry);
    byte[] all = Arrays.copyOf(TAG, TAG.length + json.length);
    System.arraycopy(json, 0, all, TAG.length, json.length);
    if (all.length > LONGEST) {
      throw new IllegalArgumentException(
          "the entry of attempt "
              + entry.attempt()
              + " has "
              + all.length
              + " bytes; a ledger takes up to "
              + LONGEST);
    }
    return all;
  }

  static LedgerEntry read(byte[] bytes) throws MalformedJson {
    if (bytes.length < TAG.length || !Arrays.equals(bytes, 0, TAG.length, TAG, 0, TAG.length)) {
      throw new MalformedJson("its type is not millrace.entry.v1");
    }
    return Json.read(Arrays.copyOfRange(bytes, TAG.length, bytes.length), LedgerEntry.class);
  }
}
