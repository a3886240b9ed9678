package dev.millrace.triggers.embedded.checksum;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64/NVME (NVM Express NVM Command Set Specification, section 5.2.1.3.4), eight bytes a step.
 * Ours because the SDK computes it only with its native library.
 */
final class Crc64Nvme implements Checksum {
  /** The polynomial 0xAD93D23594C93659 with its bits reversed. */
  static final long POLYNOMIAL = 0x9A6C9329AC4BC9B5L;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[][] TABLES = tables();

  private long crc = ~0L;

  @Override
  public void update(int value) {
    crc = TABLES[0][(int) (crc ^ value) & 0xff] ^ (crc >>> 8);
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long word = crc ^ (long) LONGS.get(bytes, at);
      long next = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        next ^= TABLES[7 - i][(int) (word >>> (8 * i)) & 0xff];
      }
      crc = next;
    }
    for (; at < end; at++) {
      update(bytes[at]);
    }
  }

  @Override
  public long getValue() {
    return ~crc;
  }

  @Override
  public void reset() {
    crc = ~0L;
  }

  private static long[][] tables() {
    long[][] tables = new long[Long.BYTES][256];
    for (int i = 0; i < 256; i++) {
      long value = i;
      for (int bit = 0; bit < 8; bit++) {
        value = (value >>> 1) ^ ((value & 1) * POLYNOMIAL);
      }
      tables[0][i] = value;
    }
    for (int table = 1; table < Long.BYTES; table++) {
      for (int i = 0; i < 256; i++) {
        long before = tables[table - 1][i];
        tables[table][i] = tables[0][(int) before & 0xff] ^ (before >>> 8);
      }
    }
    return tables;
  }
}
