package dev.millrace.runtime.bundle;

import java.nio.ByteBuffer;

/**
 * The extra field of an entry that is larger than 32 bits count (APPNOTE 4.5.3): the one extra
 * field that is taken, since others can give an entry another name, a link's target or an owner.
 */
final class Zip64 {
  /** What a field of 32 bits holds whose value is in the extra field. */
  static final long ELSEWHERE = 0xFFFF_FFFFL;

  private static final int TAG = 0x0001;
  private final ByteBuffer extra;
  private final boolean present;

  private Zip64(ByteBuffer extra, boolean present) {
    this.extra = extra;
    this.present = present;
  }

  /** The extra field of this entry; its values are taken in the order of the format. */
  static Zip64 of(ByteBuffer extra, String name) throws BundleRefused {
    if (!extra.hasRemaining()) {
      return new Zip64(extra, false);
    }
    int length = extra.remaining();
    if (length < 4
        || ZipFileBytes.u16(extra, extra.position()) != TAG
        || ZipFileBytes.u16(extra, extra.position() + 2) != length - 4) {
      throw new BundleRefused("'" + name + "' has an extra field other than zip64's");
    }
    extra.position(extra.position() + 4);
    return new Zip64(extra, true);
  }

  /** The value of a field. */
  long value(long field, String name) throws BundleRefused {
    if (field != ELSEWHERE) {
      return field;
    }
    if (!present || extra.remaining() < 8) {
      throw new BundleRefused("'" + name + "' has a size that its zip64 field does not tell");
    }
    long value = extra.getLong();
    if (value < 0) {
      throw new BundleRefused("'" + name + "' has a size of more than 63 bits");
    }
    return value;
  }

  /** Proves that nothing else was in it. */
  void done(String name) throws BundleRefused {
    if (extra.hasRemaining()) {
      throw new BundleRefused("'" + name + "' has a zip64 field that holds more than it needs");
    }
  }
}
