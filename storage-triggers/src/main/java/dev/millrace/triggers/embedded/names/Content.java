package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobPlace;
import dev.millrace.triggers.embedded.checksum.Checksum;
import java.util.List;
import java.util.Optional;

/**
 * The immutable bytes of an object.
 *
 * @param size length in bytes
 * @param etag the entity tag without quotes
 * @param partCount how many parts it was uploaded in, 0 when in one PUT
 * @param parts its blobs in order; exactly one when it was uploaded in one PUT
 */
public record Content(
    long size, String etag, int partCount, Optional<Checksum> checksum, List<Part> parts) {

  /**
   * One blob of a content.
   *
   * @param blob a file; or a row, which is then the only blob of its content
   * @param etag the MD5 of the blob in hexadecimal digits
   * @param checksum Base64 of the blob's checksum in the content's algorithm
   */
  public record Part(
      int number, BlobPlace blob, long size, String etag, Optional<String> checksum) {}

  public Content {
    parts = List.copyOf(parts);
  }

  /** A content of one blob. */
  public static Content single(BlobPlace blob, long size, String md5, Optional<Checksum> checksum) {
    Part part = new Part(1, blob, size, md5, checksum.map(Checksum::value));
    return new Content(size, md5, 0, checksum, List.of(part));
  }
}
