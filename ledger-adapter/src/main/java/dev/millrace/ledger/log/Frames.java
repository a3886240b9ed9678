package dev.millrace.ledger.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The file {@code entries}: a first line, then a frame for each entry: length (4 bytes,
 * big-endian), CRC-32C over length and entry (4 bytes), entry. The check sum tells a torn write
 * from a changed entry; what cannot be forged is the hash.
 */
final class Frames {
  static final byte[] FIRST_LINE =
      "millrace.ledger.entries.v1\n".getBytes(StandardCharsets.US_ASCII);
  static final int HEAD = 8;

  private Frames() {}

  /** Bytes of a frame. */
  static int size(byte[] entry) {
    return HEAD + entry.length;
  }

  static void put(ByteBuffer out, byte[] entry) {
    out.putInt(entry.length).putInt(sum(entry)).put(entry);
  }

  static int sum(byte[] entry) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(4).putInt(0, entry.length));
    crc.update(entry);
    return (int) crc.getValue();
  }
}
