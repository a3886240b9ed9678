package dev.millrace.triggers.embedded.checksum;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** A digest that bytes flow through. Not for several threads. */
public interface RunningChecksum {

  /** Takes the next bytes in. */
  void update(byte[] bytes, int offset, int length);

  /** The digest of all bytes so far; to be asked once. */
  byte[] value();

  /** A new digest of that algorithm. */
  static RunningChecksum of(ChecksumAlgorithm algorithm) {
    return switch (algorithm) {
      case CRC32 -> crc(new CRC32(), 4);
      case CRC32C -> crc(new CRC32C(), 4);
      case CRC64NVME -> crc(new Crc64Nvme(), 8);
      case SHA1 -> digest("SHA-1");
      case SHA256 -> digest("SHA-256");
    };
  }

  /** A new MD5, which S3 uses for entity tags. */
  static RunningChecksum md5() {
    return digest("MD5");
  }

  /** A new digest of the JDK. */
  private static RunningChecksum digest(String name) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This JDK has no " + name, e);
    }
    return new RunningChecksum() {
      @Override
      public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
      }

      @Override
      public byte[] value() {
        return digest.digest();
      }
    };
  }

  private static RunningChecksum crc(java.util.zip.Checksum crc, int sizeBytes) {
    return new RunningChecksum() {
      @Override
      public void update(byte[] bytes, int offset, int length) {
        crc.update(bytes, offset, length);
      }

      @Override
      public byte[] value() {
        byte[] wide = ByteBuffer.allocate(Long.BYTES).putLong(crc.getValue()).array();
        return Arrays.copyOfRange(wide, Long.BYTES - sizeBytes, Long.BYTES);
      }
    };
  }
}
