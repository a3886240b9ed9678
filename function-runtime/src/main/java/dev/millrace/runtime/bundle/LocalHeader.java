package dev.millrace.runtime.bundle;

import static dev.millrace.runtime.bundle.ZipFileBytes.u16;
import static dev.millrace.runtime.bundle.ZipFileBytes.u32;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What stands before an entry's data (APPNOTE 4.3.7), and behind it (4.3.9), proved to say the same
 * as the list of entries: else one reader unpacks what another has not seen.
 *
 * @param data where its packed bytes begin
 * @param end where the next entry begins
 */
record LocalHeader(long data, long end) {
  private static final int HEADER = 0x04034b50;
  private static final int HEADER_BYTES = 30;
  private static final int DESCRIPTOR = 0x08074b50;
  private static final int DESCRIPTOR_BYTES = 16;
  private static final int DESCRIPTOR64_BYTES = 24;

  static LocalHeader of(ZipFileBytes zip, Entry entry) throws IOException, BundleRefused {
    ByteBuffer head = zip.at(entry.offset(), HEADER_BYTES, "local header");
    if (head.getInt(0) != HEADER) {
      throw new BundleRefused("'" + entry.name() + "' has no local header where its list says");
    }
    int nameBytes = u16(head, 26);
    int extraBytes = u16(head, 28);
    ByteBuffer rest = zip.at(entry.offset() + HEADER_BYTES, nameBytes + extraBytes, "local header");
    String name = EntryNames.read(rest.slice(0, nameBytes), u16(head, 6));
    Zip64 wide = Zip64.of(CentralDirectory.slice(rest, nameBytes, extraBytes), entry.name());
    boolean same =
        name.equals(entry.name())
            && u16(head, 6) == entry.flags()
            && u16(head, 8) == entry.method()
            && sizes(head, wide, entry);
    if (!same) {
      throw disagrees(entry);
    }
    long data = entry.offset() + HEADER_BYTES + nameBytes + extraBytes;
    if (entry.packed() > zip.size() - data) {
      throw new BundleRefused("'" + entry.name() + "' is cut short");
    }
    return new LocalHeader(data, descriptor(zip, entry, data + entry.packed()));
  }

  private static boolean sizes(ByteBuffer head, Zip64 wide, Entry entry) throws BundleRefused {
    if (entry.hasDescriptor()) {
      wide.done(entry.name());
      return u32(head, 14) == 0 && u32(head, 18) == 0 && u32(head, 22) == 0;
    }
    long size = wide.value(u32(head, 22), entry.name());
    long packed = wide.value(u32(head, 18), entry.name());
    wide.done(entry.name());
    return u32(head, 14) == entry.crc32() && packed == entry.packed() && size == entry.size();
  }

  /** Where it ends. */
  private static long descriptor(ZipFileBytes zip, Entry entry, long at)
      throws IOException, BundleRefused {
    if (!entry.hasDescriptor()) {
      return at;
    }
    boolean wide = entry.packed() >= Zip64.ELSEWHERE || entry.size() >= Zip64.ELSEWHERE;
    int length = wide ? DESCRIPTOR64_BYTES : DESCRIPTOR_BYTES;
    ByteBuffer found = zip.at(at, length, "data descriptor");
    long packed = wide ? found.getLong(8) : u32(found, 8);
    long size = wide ? found.getLong(16) : u32(found, 12);
    if (found.getInt(0) != DESCRIPTOR
        || u32(found, 4) != entry.crc32()
        || packed != entry.packed()
        || size != entry.size()) {
      throw disagrees(entry);
    }
    return at + length;
  }

  private static BundleRefused disagrees(Entry entry) {
    return new BundleRefused(
        "'" + entry.name() + "' is another one in its own header than in the list of entries");
  }
}
