package dev.millrace.triggers.embedded.names;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables. Keys are BLOBs of UTF-8, so that their order is the order of their bytes and no
 * character is special. A content is immutable and is held by any number of objects; it lists its
 * blobs in order: files, or one row of small bytes. A blob may stand in several contents and
 * pending parts. An object's generation is the sequence of the event that announced it: one
 * counter, which never goes back.
 */
final class Schema {
  private static final int VERSION = 4;

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

  /**
   * What each bucket holds, kept by triggers. A statement's OR REPLACE takes no delete trigger
   * along, and would replace in here too: hence the sums and the plain INSERT.
   */
  private static final List<String> TABLES_OF_VERSION_3 =
      List.of(
          """
          CREATE TABLE bucket_usage (
            bucket TEXT PRIMARY KEY,
            bytes INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          """
          INSERT INTO bucket_usage(bucket, bytes)
          SELECT bucket, sum(size) FROM (
            SELECT bucket, size FROM objects
            UNION ALL
            SELECT uploads.bucket, upload_parts.size
            FROM upload_parts JOIN uploads ON uploads.id = upload_parts.upload
          ) GROUP BY bucket
          """,
          """
          CREATE TRIGGER objects_grow BEFORE INSERT ON objects BEGIN
            INSERT INTO bucket_usage(bucket, bytes) SELECT NEW.bucket, 0
              WHERE NOT EXISTS (SELECT 1 FROM bucket_usage WHERE bucket = NEW.bucket);
            UPDATE bucket_usage SET bytes = bytes + NEW.size - coalesce(
                (SELECT size FROM objects WHERE bucket = NEW.bucket AND key = NEW.key), 0)
              WHERE bucket = NEW.bucket;
          END
          """,
          """
          CREATE TRIGGER objects_shrink AFTER DELETE ON objects BEGIN
            UPDATE bucket_usage SET bytes = bytes - OLD.size WHERE bucket = OLD.bucket;
          END
          """,
          """
          CREATE TRIGGER upload_parts_grow BEFORE INSERT ON upload_parts BEGIN
            INSERT INTO bucket_usage(bucket, bytes)
              SELECT bucket, 0 FROM uploads WHERE id = NEW.upload
              AND NOT EXISTS (SELECT 1 FROM bucket_usage WHERE bucket = uploads.bucket);
            UPDATE bucket_usage SET bytes = bytes + NEW.size - coalesce(
                (SELECT size FROM upload_parts
                 WHERE upload = NEW.upload AND number = NEW.number), 0)
              WHERE bucket = (SELECT bucket FROM uploads WHERE id = NEW.upload);
          END
          """,
          """
          CREATE TRIGGER upload_parts_shrink AFTER DELETE ON upload_parts BEGIN
            UPDATE bucket_usage SET bytes = bytes - OLD.size
              WHERE bucket = (SELECT bucket FROM uploads WHERE id = OLD.upload);
          END
          """);

  /**
   * Small bytes. A number is never given out twice: who has read it elsewhere must not find the
   * bytes of another object. New rows come at the end of the table.
   */
  private static final List<String> TABLES_OF_VERSION_4 =
      List.of(
          """
          CREATE TABLE small_bytes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            bytes BLOB NOT NULL
          )
          """);

  private Schema() {}

  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      int version = version(statement);
      if (version > VERSION) {
        throw new SQLException(
            "The store's tables are of version "
                + version
                + ", newer than "
                + VERSION
                + ", which this program knows: start it with the newer program");
      }
      if (version < VERSION) {
        statement.execute("BEGIN IMMEDIATE");
        if (version == 0) {
          run(statement, TABLES);
        }
        if (version < 2) {
          run(statement, TABLES_OF_VERSION_2);
        }
        if (version < 3) {
          run(statement, TABLES_OF_VERSION_3);
        }
        run(statement, TABLES_OF_VERSION_4);
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
