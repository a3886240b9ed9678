package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.BlobPlace;
import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Multipart uploads in the tables. */
final class UploadRows {
  private UploadRows() {}

  static boolean exists(Statements statements, String id) throws SQLException {
    return statements.any("SELECT 1 FROM uploads WHERE id = ?", id);
  }

  static Optional<Uploads.Upload> find(Statements statements, String bucket, String key, String id)
      throws SQLException {
    return statements.first(
        UploadRows::upload,
        "SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?",
        id,
        bucket,
        ObjectKey.bytes(key));
  }

  static Uploads.Upload upload(ResultSet row) throws SQLException {
    return new Uploads.Upload(
        row.getString("id"),
        row.getString("bucket"),
        ObjectKey.text(row.getBytes("key")),
        Microseconds.toInstant(row.getLong("initiated_us")),
        ObjectHeaders.parse(row.getString("headers")),
        row.getString("tags"),
        plan(row));
  }

  private static Optional<Uploads.ChecksumPlan> plan(ResultSet row) throws SQLException {
    String algorithm = row.getString("checksum_algorithm");
    if (algorithm == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Uploads.ChecksumPlan(
            ChecksumAlgorithm.valueOf(algorithm),
            Checksum.Kind.valueOf(row.getString("checksum_kind"))));
  }

  static List<String> idsIn(Statements statements, String bucket) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (ResultSet rows =
        statements.rows("SELECT id FROM uploads WHERE bucket = ? ORDER BY key, id", bucket)) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  /** Writes a part; gives the blobs that nothing names now. */
  static List<BlobId> putPart(Statements statements, String upload, Content.Part part, long nowUs)
      throws SQLException {
    Optional<BlobPlace> before =
        statements.first(
            row -> BlobPlace.parse(row.getString(1)),
            "SELECT blob FROM upload_parts WHERE upload = ? AND number = ?",
            upload,
            part.number());
    statements.update(
        "INSERT OR REPLACE INTO upload_parts"
            + "(upload, number, blob, size, etag, checksum, modified_us)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        upload,
        part.number(),
        part.blob().text(),
        part.size(),
        part.etag(),
        part.checksum(),
        nowUs);
    return ContentRows.letGo(statements, before.stream().toList());
  }

  /** Whether the upload is pending and still has exactly these parts under their numbers. */
  static boolean hasParts(Statements statements, String upload, List<Content.Part> parts)
      throws SQLException {
    for (Content.Part part : parts) {
      if (!statements.any(
          "SELECT 1 FROM upload_parts WHERE upload = ? AND number = ? AND blob = ?",
          upload,
          part.number(),
          part.blob().text())) {
        return false;
      }
    }
    return exists(statements, upload);
  }

  /** Deletes an upload with its parts; gives the blobs that nothing names now. */
  static List<BlobId> delete(Statements statements, String id) throws SQLException {
    List<BlobPlace> blobs = new ArrayList<>();
    try (ResultSet rows =
        statements.rows("SELECT blob FROM upload_parts WHERE upload = ? ORDER BY number", id)) {
      while (rows.next()) {
        blobs.add(BlobPlace.parse(rows.getString(1)));
      }
    }
    statements.update("DELETE FROM upload_parts WHERE upload = ?", id);
    statements.update("DELETE FROM uploads WHERE id = ?", id);
    return ContentRows.letGo(statements, blobs);
  }

  /** Remembers what a completion answered, so that a retry is answered the same. */
  static void keepCompletion(Statements statements, String upload, StoredObject object, long nowUs)
      throws SQLException {
    Optional<Checksum> checksum = object.content().checksum();
    statements.update(
        "INSERT INTO completed_uploads(id, bucket, key, generation, etag,"
            + " checksum_algorithm, checksum_kind, checksum, completed_us)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        upload,
        object.bucket(),
        ObjectKey.bytes(object.key()),
        object.generation(),
        object.content().etag(),
        checksum.map(value -> value.algorithm().name()),
        checksum.map(value -> value.kind().name()),
        checksum.map(Checksum::value),
        nowUs);
  }

  static void forgetCompletionsBefore(Statements statements, long timeUs) throws SQLException {
    statements.update("DELETE FROM completed_uploads WHERE completed_us < ?", timeUs);
  }
}
