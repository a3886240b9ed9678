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

/** Contents in the tables: written once, shared by objects, deleted with the last of them. */
final class ContentRows {
  private ContentRows() {}

  /** Writes a content and gives its row. */
  static long insert(Statements statements, Content content) throws SQLException {
    Optional<Checksum> checksum = content.checksum();
    long id =
        statements
            .first(
                row -> row.getLong(1),
                "INSERT INTO contents(part_count, checksum_algorithm, checksum_kind, checksum)"
                    + " VALUES (?, ?, ?, ?) RETURNING id",
                content.partCount(),
                checksum.map(value -> value.algorithm().name()),
                checksum.map(value -> value.kind().name()),
                checksum.map(Checksum::value))
            .orElseThrow();
    for (Content.Part part : content.parts()) {
      statements.update(
          "INSERT INTO content_parts(content, number, blob, size, etag, checksum)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          id,
          part.number(),
          part.blob().text(),
          part.size(),
          part.etag(),
          part.checksum());
    }
    return id;
  }

  static Content read(Statements statements, long id, long size, String etag) throws SQLException {
    List<Content.Part> parts = parts(statements, id);
    return statements
        .first(
            row ->
                new Content(size, etag, row.getInt("part_count"), checksum(row, "checksum"), parts),
            "SELECT part_count, checksum_algorithm, checksum_kind, checksum"
                + " FROM contents WHERE id = ?",
            id)
        .orElseThrow();
  }

  private static List<Content.Part> parts(Statements statements, long id) throws SQLException {
    List<Content.Part> parts = new ArrayList<>();
    String sql =
        "SELECT number, blob, size, etag, checksum FROM content_parts"
            + " WHERE content = ? ORDER BY number";
    try (ResultSet rows = statements.rows(sql, id)) {
      while (rows.next()) {
        parts.add(part(rows));
      }
    }
    return parts;
  }

  static Content.Part part(ResultSet row) throws SQLException {
    return new Content.Part(
        row.getInt("number"),
        BlobPlace.parse(row.getString("blob")),
        row.getLong("size"),
        row.getString("etag"),
        Optional.ofNullable(row.getString("checksum")));
  }

  /** The checksum of a row that has the three columns. */
  static Optional<Checksum> checksum(ResultSet row, String valueColumn) throws SQLException {
    String value = row.getString(valueColumn);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Checksum(
            ChecksumAlgorithm.valueOf(row.getString("checksum_algorithm")),
            Checksum.Kind.valueOf(row.getString("checksum_kind")),
            value));
  }

  /**
   * Deletes a content that no object has any more, and its row of bytes; gives the files that
   * nothing names now.
   */
  static List<BlobId> release(Statements statements, long id) throws SQLException {
    if (statements.any("SELECT 1 FROM objects WHERE content = ? LIMIT 1", id)) {
      return List.of();
    }
    List<Content.Part> parts = parts(statements, id);
    statements.update("DELETE FROM content_parts WHERE content = ?", id);
    statements.update("DELETE FROM contents WHERE id = ?", id);
    return letGo(statements, parts.stream().map(Content.Part::blob).toList());
  }

  /** Deletes those rows, and gives those files, that nothing names any more. */
  static List<BlobId> letGo(Statements statements, List<BlobPlace> blobs) throws SQLException {
    List<BlobId> unnamed = new ArrayList<>();
    for (BlobPlace blob : blobs) {
      if (!isNamed(statements, blob)) {
        switch (blob) {
          case BlobPlace.InFile(var id) -> unnamed.add(id);
          case BlobPlace.InRow row -> SmallBytes.delete(statements, row);
        }
      }
    }
    return unnamed;
  }

  /** Whether a content or a pending part has the blob. */
  static boolean isNamed(Statements statements, BlobPlace blob) throws SQLException {
    return statements.any("SELECT 1 FROM content_parts WHERE blob = ? LIMIT 1", blob.text())
        || statements.any("SELECT 1 FROM upload_parts WHERE blob = ? LIMIT 1", blob.text());
  }
}
