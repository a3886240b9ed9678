package dev.millrace.triggers.embedded.names;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables. Keys are BLOBs of UTF-8, so that their order is the order of their bytes and no
 * character is special. A content is immutable and is held by any number of objects; it lists its
 * blobs in order. A blob may stand in several contents and pending parts. An object's generation is
 * the sequence of the event that announced it: one counter, which never goes back.
 */
final class Schema {
  private static final int VERSION = 2;

  private static final List<String> TABLES =
      List.of(
          """
          CREATE TABLE buckets (
            name TEXT PRIMARY KEY,
            created_us INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          """
          CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            bucket TEXT NOT NULL,
            key BLOB NOT NULL,
            etag TEXT NOT NULL,
            size INTEGER NOT NULL,
            generation INTEGER,
            time_us INTEGER NOT NULL,
            depth TEXT NOT NULL
          )
          """,
          """
          CREATE TABLE contents (
            id INTEGER PRIMARY KEY,
            part_count INTEGER NOT NULL,
            checksum_algorithm TEXT,
            checksum_kind TEXT,
            checksum TEXT
          )
          """,
          """
          CREATE TABLE content_parts (
            content INTEGER NOT NULL REFERENCES contents(id),
            number INTEGER NOT NULL,
            blob TEXT NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT,
            PRIMARY KEY (content, number)
          ) WITHOUT ROWID
          """,
          "CREATE INDEX content_parts_blob ON content_parts(blob)",
          """
          CREATE TABLE objects (
            bucket TEXT NOT NULL REFERENCES buckets(name),
            key BLOB NOT NULL,
            generation INTEGER NOT NULL,
            content INTEGER NOT NULL REFERENCES contents(id),
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            modified_us INTEGER NOT NULL,
            headers TEXT NOT NULL,
            tags TEXT NOT NULL,
            PRIMARY KEY (bucket, key)
          ) WITHOUT ROWID
          """,
          "CREATE INDEX objects_content ON objects(content)",
          """
          CREATE TABLE uploads (
            id TEXT PRIMARY KEY,
            bucket TEXT NOT NULL,
            key BLOB NOT NULL,
            initiated_us INTEGER NOT NULL,
            headers TEXT NOT NULL,
            tags TEXT NOT NULL,
            checksum_algorithm TEXT,
            checksum_kind TEXT
          ) WITHOUT ROWID
          """,
          "CREATE INDEX uploads_key ON uploads(bucket, key, id)",
          """
          CREATE TABLE upload_parts (
            upload TEXT NOT NULL REFERENCES uploads(id),
            number INTEGER NOT NULL,
            blob TEXT NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT,
            modified_us INTEGER NOT NULL,
            PRIMARY KEY (upload, number)
          ) WITHOUT ROWID
          """,
          "CREATE INDEX upload_parts_blob ON upload_parts(blob)",
          """
          CREATE TABLE completed_uploads (
            id TEXT PRIMARY KEY,
            bucket TEXT NOT NULL,
            key BLOB NOT NULL,
            generation INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum_algorithm TEXT,
            checksum_kind TEXT,
            checksum TEXT,
            completed_us INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          "CREATE INDEX completed_uploads_time ON completed_uploads(completed_us)");

  private static final List<String> TABLES_OF_VERSION_2 =
      List.of(
          """
          CREATE TABLE bucket_documents (
            bucket TEXT NOT NULL REFERENCES buckets(name),
            kind TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (bucket, kind)
          ) WITHOUT ROWID
          """);

  private Schema() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = version(statement);
      if (version > VERSION) {
        throw new SQLException(
            "The store's tables are of version " + version + ", newer than " + VERSION);
      }
      if (version < VERSION) {
        statement.execute("BEGIN IMMEDIATE");
        if (version == 0) {
          run(statement, TABLES);
        }
        run(statement, TABLES_OF_VERSION_2);
        statement.execute("PRAGMA user_version = " + VERSION);
        statement.execute("COMMIT");
      }
    }
  }

  private static void run(Statement statement, List<String> tables) throws SQLException {
    for (String sql : tables) {
      statement.execute(sql);
    }
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("PRAGMA user_version")) {
      return rows.getInt(1);
    }
  }
}
