package dev.millrace.ledger.log;

import dev.millrace.ledger.proof.TreeHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The file {@code index}: a first line, then 60 bytes for each entry: leaf hash (32), where its
 * frame ends in {@code entries} (8), attempt key (16), CRC-32C over the record's number and all
 * before (4). Written when the entry is durable, so it never knows an entry that may be torn. It
 * can be rebuilt from the entries; while it is there it says what they were.
 */
final class IndexRecords {
  static final byte[] FIRST_LINE = "millrace.ledger.index.v1\n".getBytes(StandardCharsets.US_ASCII);
  static final int SIZE = 60;
  private static final int SUMMED = 56;

  private final byte[] records;
  private final int count;

  private IndexRecords(byte[] records) {
    this.records = records;
    this.count = records.length / SIZE;
  }

  /** Reads whole records, up to so many. */
  static IndexRecords read(FileChannel file, long max) throws IOException {
    long there = Math.max(0, file.size() - FIRST_LINE.length) / SIZE;
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(Math.min(max, there) * SIZE));
    while (all.hasRemaining()) {
      if (file.read(all, FIRST_LINE.length + (long) all.position()) < 0) {
        throw new IOException("the ledger's index shrank while it was read");
      }
    }
    return new IndexRecords(all.array());
  }

  static byte[] record(long number, byte[] leafHash, long end, AttemptKey key) {
    ByteBuffer record = ByteBuffer.allocate(SIZE);
    record.put(leafHash).putLong(end).putLong(key.high()).putLong(key.low());
    record.putInt(sum(number, record.array(), 0));
    return record.array();
  }

  private static int sum(long number, byte[] bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(8).putLong(0, number));
    crc.update(bytes, at, SUMMED);
    return (int) crc.getValue();
  }

  /** Where a record begins in the file. */
  static long place(long number) {
    return FIRST_LINE.length + number * SIZE;
  }

  int count() {
    return count;
  }

  /** Whether a record is there and agrees with its check sum. */
  boolean sound(long number) {
    return number < count
        && ByteBuffer.wrap(records).getInt(at(number) + SUMMED) == sum(number, records, at(number));
  }

  byte[] leafHash(long number) {
    return Arrays.copyOfRange(records, at(number), at(number) + TreeHash.SIZE);
  }

  long end(long number) {
    return ByteBuffer.wrap(records).getLong(at(number) + 32);
  }

  AttemptKey key(long number) {
    ByteBuffer all = ByteBuffer.wrap(records);
    return new AttemptKey(all.getLong(at(number) + 40), all.getLong(at(number) + 48));
  }

  private static int at(long number) {
    return (int) (number * SIZE);
  }
}
