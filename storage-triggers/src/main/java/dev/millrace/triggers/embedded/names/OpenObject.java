package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.checksum.RunningChecksum;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;

/** One version of an object and what is needed for its bytes, as they were at one moment. */
public record OpenObject(StoredObject object, Bytes bytes) {

  /** The bytes of an object. */
  public sealed interface Bytes {
    /** The content's files are to be opened; they may be removed before that. */
    record InFiles() implements Bytes {}

    /**
     * They were read with the name.
     *
     * @param found empty when the row is gone, which is damage
     */
    record InRow(Optional<byte[]> found) implements Bytes {}
  }

  /**
   * What was read with the name, when it is what was written. A file system looks after its files,
   * nothing after the pages of a database: hence the look at every read.
   *
   * @throws IOException when it is not
   */
  public byte[] whole(Bytes.InRow row) throws IOException {
    byte[] bytes = row.found().orElseThrow(() -> damaged("are gone"));
    RunningChecksum md5 = RunningChecksum.md5();
    md5.update(bytes, 0, bytes.length);
    String found = HexFormat.of().formatHex(md5.value());
    if (!found.equals(object.content().parts().getFirst().etag())) {
      throw damaged("are not those that were written (" + bytes.length + " bytes)");
    }
    return bytes;
  }

  private IOException damaged(String how) {
    return new IOException(
        "The store is damaged: the bytes of s3://"
            + object.bucket()
            + "/"
            + object.key()
            + " in names.sqlite "
            + how
            + "; put the object again, or restore a backup");
  }
}
