package dev.millrace.triggers.embedded.checksum;

import java.nio.ByteBuffer;

/**
 * The CRC of two byte sequences in a row, from the CRCs of each and the length of the second: the
 * first one is advanced over that many zero bytes by squaring the shift matrix over GF(2), as
 * zlib's {@code crc32_combine} does, and the second is added.
 */
public final class CrcCombination {
  private static final long CRC32_POLYNOMIAL = 0xEDB88320L;
  private static final long CRC32C_POLYNOMIAL = 0x82F63B78L;

  private final int width;
  private final long polynomial;

  private CrcCombination(int width, long polynomial) {
    this.width = width;
    this.polynomial = polynomial;
  }

  /** The combination rule of a CRC; other algorithms have none. */
  public static CrcCombination of(ChecksumAlgorithm algorithm) {
    return switch (algorithm) {
      case CRC32 -> new CrcCombination(32, CRC32_POLYNOMIAL);
      case CRC32C -> new CrcCombination(32, CRC32C_POLYNOMIAL);
      case CRC64NVME -> new CrcCombination(64, Crc64Nvme.POLYNOMIAL);
      case SHA1, SHA256 ->
          throw new IllegalArgumentException(algorithm + " of a whole cannot be made of its parts");
    };
  }

  /** The CRC of {@code first} followed by {@code second}, which is {@code secondBytes} long. */
  public byte[] combine(byte[] first, byte[] second, long secondBytes) {
    long advanced = advance(toLong(first), secondBytes);
    return toBytes(advanced ^ toLong(second));
  }

  private long advance(long crc, long zeroBytes) {
    long[] operator = oneZeroBit();
    for (int i = 0; i < 3; i++) {
      operator = square(operator);
    }
    long result = crc;
    for (long rest = zeroBytes; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        result = times(operator, result);
      }
      operator = square(operator);
    }
    return result;
  }

  private long[] oneZeroBit() {
    long[] operator = new long[width];
    operator[0] = polynomial;
    for (int i = 1; i < width; i++) {
      operator[i] = 1L << (i - 1);
    }
    return operator;
  }

  private static long times(long[] matrix, long vector) {
    long sum = 0;
    int row = 0;
    for (long rest = vector; rest != 0; rest >>>= 1) {
      if ((rest & 1) != 0) {
        sum ^= matrix[row];
      }
      row++;
    }
    return sum;
  }

  private static long[] square(long[] matrix) {
    long[] squared = new long[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      squared[i] = times(matrix, matrix[i]);
    }
    return squared;
  }

  private long toLong(byte[] crc) {
    ByteBuffer buffer = ByteBuffer.wrap(crc);
    return width == 64 ? buffer.getLong() : Integer.toUnsignedLong(buffer.getInt());
  }

  private byte[] toBytes(long crc) {
    ByteBuffer buffer = ByteBuffer.allocate(width / 8);
    return (width == 64 ? buffer.putLong(crc) : buffer.putInt((int) crc)).array();
  }
}
