package dev.millrace.runtime.bundle;

import static dev.millrace.runtime.bundle.ZipFileBytes.u16;
import static dev.millrace.runtime.bundle.ZipFileBytes.u32;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of entries at a zip's end (APPNOTE.TXT 6.3.10, 4.3.12 to 4.3.16), of a zip that is
 * nothing but a zip: no comment, no bytes before, between or behind its parts, one disk.
 *
 * @param offset where the list begins, which is where the last entry ends
 */
record CentralDirectory(List<Entry> entries, long offset) {
  private static final int ENTRIES_MAX = 16;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int HEADER = 0x02014b50;
  private static final int HEADER_BYTES = 46;
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
  // How hard DEFLATE tried, sizes behind the data, names in UTF-8.
  private static final int FLAGS_TAKEN = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 11;
  private static final int UNIX = 3;
  private static final int UNIX_TYPE = 0xF000;
  private static final int UNIX_FILE = 0x8000;
  private static final int UNIX_LINK = 0xA000;
  private static final int DOS_FOLDER = 0x10;

  /** Where the list lies, and how many are in it. */
  private record Place(long count, long size, long offset, long end) {}

  static CentralDirectory read(ZipFileBytes zip) throws IOException, BundleRefused {
    Place place = place(zip);
    if (place.count() > ENTRIES_MAX) {
      throw new BundleRefused(
          "it has " + place.count() + " entries, more than the " + ENTRIES_MAX + " that are taken");
    }
    if (place.size() > place.end() || place.offset() != place.end() - place.size()) {
      throw new BundleRefused("its list of entries does not end where the zip's end begins");
    }
    List<Entry> entries = new ArrayList<>();
    long at = place.offset();
    for (long i = 0; i < place.count(); i++) {
      at = entry(zip, at, entries);
    }
    if (at != place.end()) {
      throw new BundleRefused("its list of entries has bytes that are no entry");
    }
    EntryNames.proveApart(entries);
    return new CentralDirectory(List.copyOf(entries), place.offset());
  }

  private static Place place(ZipFileBytes zip) throws IOException, BundleRefused {
    long at = zip.size() - END_BYTES;
    ByteBuffer end = zip.at(at, END_BYTES, "end");
    if (end.getInt(0) != END || u16(end, 20) != 0) {
      throw new BundleRefused(
          "it does not end as a zip does: cut short, or followed by other bytes");
    }
    boolean large =
        u16(end, 10) == 0xFFFF
            || u32(end, 12) == Zip64.ELSEWHERE
            || u32(end, 16) == Zip64.ELSEWHERE;
    if (large) {
      return place64(zip, at);
    }
    if (u16(end, 4) != 0 || u16(end, 6) != 0 || u16(end, 8) != u16(end, 10)) {
      throw new BundleRefused("it is one of several disks");
    }
    return new Place(u16(end, 10), u32(end, 12), u32(end, 16), at);
  }

  private static Place place64(ZipFileBytes zip, long end) throws IOException, BundleRefused {
    ByteBuffer locator = zip.at(end - LOCATOR_BYTES, LOCATOR_BYTES, "zip64 locator");
    long at = end - LOCATOR_BYTES - END64_BYTES;
    if (locator.getInt(0) != LOCATOR || locator.getLong(8) != at || u32(locator, 16) != 1) {
      throw new BundleRefused("its zip64 end is not where it should be");
    }
    ByteBuffer end64 = zip.at(at, END64_BYTES, "zip64 end");
    if (end64.getInt(0) != END64
        || end64.getLong(4) != END64_BYTES - 12
        || u32(end64, 16) != 0
        || u32(end64, 20) != 0
        || end64.getLong(24) != end64.getLong(32)) {
      throw new BundleRefused("its zip64 end is not one of a single disk");
    }
    long count = end64.getLong(32);
    long size = end64.getLong(40);
    long offset = end64.getLong(48);
    if (count < 0 || size < 0 || offset < 0) {
      throw new BundleRefused("its zip64 end counts in more than 63 bits");
    }
    return new Place(count, size, offset, at);
  }

  /** Where the next one begins. */
  private static long entry(ZipFileBytes zip, long at, List<Entry> entries)
      throws IOException, BundleRefused {
    ByteBuffer head = zip.at(at, HEADER_BYTES, "list of entries");
    if (head.getInt(0) != HEADER) {
      throw new BundleRefused("its list of entries has something else in it at byte " + at);
    }
    int flags = u16(head, 8);
    int nameBytes = u16(head, 28);
    int extraBytes = u16(head, 30);
    ByteBuffer rest = zip.at(at + HEADER_BYTES, nameBytes + extraBytes, "list of entries");
    String name = EntryNames.read(rest.slice(0, nameBytes), flags);
    proveTaken(head, name);
    Zip64 wide = Zip64.of(slice(rest, nameBytes, extraBytes), name);
    long size = wide.value(u32(head, 24), name);
    long packed = wide.value(u32(head, 20), name);
    long offset = wide.value(u32(head, 42), name);
    wide.done(name);
    Entry entry = new Entry(name, flags, u16(head, 10), u32(head, 16), packed, size, offset);
    if (entry.method() == Entry.STORED && (packed != size || entry.hasDescriptor())) {
      throw new BundleRefused("'" + name + "' is stored, with a size that is not its own");
    }
    entries.add(entry);
    return at + HEADER_BYTES + nameBytes + extraBytes;
  }

  static ByteBuffer slice(ByteBuffer buffer, int at, int length) {
    return buffer.slice(at, length).order(buffer.order());
  }

  private static void proveTaken(ByteBuffer head, String name) throws BundleRefused {
    int flags = u16(head, 8);
    int method = u16(head, 10);
    if ((flags & ENCRYPTED) != 0) {
      throw new BundleRefused("'" + name + "' is encrypted");
    }
    if ((flags & ~FLAGS_TAKEN) != 0) {
      throw new BundleRefused("'" + name + "' has flags that are not taken: " + flags);
    }
    if (method != Entry.STORED && method != Entry.DEFLATED) {
      throw new BundleRefused("'" + name + "' is packed by method " + method + ", not DEFLATE");
    }
    if (u16(head, 32) != 0 || u16(head, 34) != 0) {
      throw new BundleRefused("'" + name + "' has a comment, or lies on another disk");
    }
    int type = u16(head, 40) & UNIX_TYPE;
    boolean unix = u16(head, 4) >> 8 == UNIX;
    if (type == UNIX_LINK && unix) {
      throw new BundleRefused("'" + name + "' is a link");
    }
    if ((unix && type != 0 && type != UNIX_FILE) || (u16(head, 38) & DOS_FOLDER) != 0) {
      throw new BundleRefused("'" + name + "' is not a plain file");
    }
  }
}
