package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobPlace;
import dev.millrace.triggers.embedded.blob.FreshBytes;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Small bytes in a table of their own, beside the names so that one commit makes both durable, and
 * apart from them so that listings do not read over bytes.
 */
final class SmallBytes {
  private SmallBytes() {}

  /** Where fresh bytes lie once this transaction has committed. */
  static BlobPlace place(Statements statements, FreshBytes fresh) throws SQLException {
    return switch (fresh) {
      case FreshBytes.InFile(var id) -> new BlobPlace.InFile(id);
      case FreshBytes.InMemory(byte[] bytes) ->
          new BlobPlace.InRow(
              statements
                  .first(
                      row -> row.getLong(1),
                      "INSERT INTO small_bytes(bytes) VALUES (?) RETURNING number",
                      bytes)
                  .orElseThrow());
    };
  }

  static Optional<byte[]> read(Statements statements, BlobPlace.InRow row) throws SQLException {
    return statements.first(
        found -> found.getBytes(1), "SELECT bytes FROM small_bytes WHERE number = ?", row.number());
  }

  static void delete(Statements statements, BlobPlace.InRow row) throws SQLException {
    statements.update("DELETE FROM small_bytes WHERE number = ?", row.number());
  }
}
