package dev.millrace.triggers.embedded.checksum;

import java.util.Locale;
import java.util.Optional;

/** The checksums that a client can ask S3 to keep with an object. */
public enum ChecksumAlgorithm {
  CRC32(4),
  CRC32C(4),
  CRC64NVME(8),
  SHA1(20),
  SHA256(32);

  private final int sizeBytes;

  ChecksumAlgorithm(int sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /** Length of a value of this algorithm before Base64. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The header that carries a value, as {@code x-amz-checksum-crc32}. */
  public String header() {
    return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
  }

  /** The element that carries a value in a document, as {@code ChecksumCRC32}. */
  public String element() {
    return "Checksum" + name();
  }

  /** Only a CRC of the whole can be computed from the CRCs of the parts. */
  public boolean composable() {
    return this == CRC32 || this == CRC32C || this == CRC64NVME;
  }

  /** The algorithm of that name, whatever its case. */
  public static Optional<ChecksumAlgorithm> named(String name) {
    for (ChecksumAlgorithm algorithm : values()) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
