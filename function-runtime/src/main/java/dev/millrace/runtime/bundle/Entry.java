package dev.millrace.runtime.bundle;

/**
 * An entry by its central header.
 *
 * @param crc32 of the unpacked bytes
 * @param packed bytes in the zip
 * @param size bytes unpacked
 * @param offset of its local header
 */
record Entry(String name, int flags, int method, long crc32, long packed, long size, long offset) {
  static final int STORED = 0;
  static final int DEFLATED = 8;

  private static final int DESCRIPTOR = 1 << 3;

  /** Whether sizes and checksum follow the data, where the local header leaves them out. */
  boolean hasDescriptor() {
    return (flags & DESCRIPTOR) != 0;
  }
}
