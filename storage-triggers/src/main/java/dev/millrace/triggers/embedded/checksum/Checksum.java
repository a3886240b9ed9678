package dev.millrace.triggers.embedded.checksum;

/**
 * A checksum as S3 shows it.
 *
 * @param value Base64 of the digest; a composite one ends with {@code -<number of parts>}
 */
public record Checksum(ChecksumAlgorithm algorithm, Kind kind, String value) {

  /** What the value was computed over. */
  public enum Kind {
    /** The bytes of the object. */
    FULL_OBJECT,
    /** The checksums of the parts, one after the other. */
    COMPOSITE
  }
}
