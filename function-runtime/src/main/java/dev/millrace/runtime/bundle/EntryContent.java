package dev.millrace.runtime.bundle;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * An entry's bytes, unpacked: never one more than its header says, whatever the data would give.
 */
final class EntryContent {
  private static final int CHUNK = 1 << 16;

  private final ZipFileBytes zip;
  private final Entry entry;
  private final OutputStream out;
  private final CRC32 crc = new CRC32();
  private final MessageDigest digest = Hex.sha256();
  private final byte[] unpacked = new byte[CHUNK];
  private long written;

  private EntryContent(ZipFileBytes zip, Entry entry, OutputStream out) {
    this.zip = zip;
    this.entry = entry;
    this.out = out;
  }

  /**
   * Writes what is unpacked.
   *
   * @param data where the packed bytes begin
   * @return its SHA-256 in hex
   */
  static String copy(ZipFileBytes zip, Entry entry, long data, OutputStream out)
      throws IOException, BundleRefused {
    EntryContent content = new EntryContent(zip, entry, out);
    if (entry.method() == Entry.DEFLATED) {
      content.inflate(data);
    } else {
      content.store(data);
    }
    if (content.written != entry.size() || content.crc.getValue() != entry.crc32()) {
      throw new BundleRefused(
          "'%s' unpacks to %d bytes of CRC %08x, its header says %d of %08x"
              .formatted(
                  entry.name(),
                  content.written,
                  content.crc.getValue(),
                  entry.size(),
                  entry.crc32()));
    }
    return Hex.of(content.digest.digest());
  }

  private ByteBuffer packed(long data, long done) throws IOException, BundleRefused {
    return zip.at(data + done, (int) Math.min(CHUNK, entry.packed() - done), "data");
  }

  private void store(long data) throws IOException, BundleRefused {
    for (long done = 0; done < entry.packed(); ) {
      ByteBuffer chunk = packed(data, done);
      done += chunk.remaining();
      write(chunk.array(), chunk.remaining());
    }
  }

  private void inflate(long data) throws IOException, BundleRefused {
    Inflater inflater = new Inflater(true);
    try {
      long done = 0;
      while (!inflater.finished() && done < entry.packed()) {
        ByteBuffer chunk = packed(data, done);
        done += chunk.remaining();
        inflater.setInput(chunk);
        drain(inflater);
      }
      if (!inflater.finished() || inflater.getBytesRead() != entry.packed()) {
        throw new BundleRefused(
            "'" + entry.name() + "' has packed bytes that do not end as stated");
      }
    } catch (DataFormatException e) {
      throw new BundleRefused("'" + entry.name() + "' is not DEFLATE: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private void drain(Inflater inflater) throws DataFormatException, IOException, BundleRefused {
    int count = inflater.inflate(unpacked);
    while (count > 0) {
      write(unpacked, count);
      count = inflater.inflate(unpacked);
    }
    if (inflater.needsDictionary()) {
      throw new BundleRefused("'" + entry.name() + "' asks for a dictionary");
    }
  }

  private void write(byte[] bytes, int count) throws IOException, BundleRefused {
    written += count;
    if (written > entry.size()) {
      throw new BundleRefused(
          "'" + entry.name() + "' unpacks to more than the " + entry.size() + " bytes it states");
    }
    crc.update(bytes, 0, count);
    digest.update(bytes, 0, count);
    out.write(bytes, 0, count);
  }
}
