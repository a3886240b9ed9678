package dev.millrace.orch.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.sql.SqliteDatabases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects whose bytes lie in the store's database: there may be millions of them. */
final class SmallObjectsBackupTest {
  @TempDir Path folder;
  private Backups backups;
  private int longest;

  @BeforeEach
  void fill() throws Exception {
    backups = new Backups(folder);
    run("journal.db", "CREATE TABLE jobs (id TEXT)");
    run(
        "store/names.sqlite",
        "CREATE TABLE objects (bucket TEXT, key BLOB, content INTEGER)",
        "CREATE TABLE content_parts (content INTEGER, blob TEXT)",
        "CREATE TABLE upload_parts (blob TEXT)",
        "INSERT INTO content_parts VALUES (0, '" + Backups.BLOB + "')",
        "INSERT INTO upload_parts VALUES ('" + Backups.BLOB + "')");
  }

  private void run(String file, String... statements) throws IOException, SQLException {
    Path at = backups.data.resolve(file);
    if (Files.size(at) < 100) {
      Files.delete(at);
      Files.deleteIfExists(at.resolveSibling(at.getFileName() + "-wal"));
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + at);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private void rows() throws IOException, SQLException {
    run(
        "store/names.sqlite",
        "CREATE TABLE small_bytes (number INTEGER PRIMARY KEY, bytes BLOB)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            + " INSERT INTO small_bytes SELECT i, 'x' FROM n",
        "INSERT INTO content_parts SELECT number, 'row:' || number FROM small_bytes",
        "INSERT INTO objects SELECT 'in', 'key-' || number, number FROM small_bytes");
  }

  @Test
  void theirNamesAreNeverAllInMemory() throws Exception {
    rows();

    backups.take(new Counted());

    assertThat(longest).isEqualTo(1);
  }

  @Test
  void oneWhoseBytesAreNotThereIsDamage() throws Exception {
    rows();
    run("store/names.sqlite", "DELETE FROM small_bytes WHERE number = 7");

    assertThatThrownBy(() -> backups.take(new Counted()))
        .hasMessageContaining("no bytes for 1 of its objects")
        .hasMessageContaining("s3://in/key-7");
  }

  @Test
  void aStoreThatNeverHadOneIsCopiedToo() throws Exception {
    backups.take(new Counted());

    assertThat(backups.file).isNotEmptyFile();
  }

  /** Says how much a query gave at most. */
  private final class Counted implements Databases {
    private final Databases real = new SqliteDatabases();

    @Override
    public Held hold(Path file) throws IOException {
      Held held = real.hold(file);
      return new Held() {
        @Override
        public Snapshot snapshot() throws IOException {
          return new CountedSnapshot(held.snapshot());
        }

        @Override
        public void close() throws IOException {
          held.close();
        }
      };
    }
  }

  private final class CountedSnapshot implements Databases.Snapshot {
    private final Databases.Snapshot real;

    CountedSnapshot(Databases.Snapshot real) {
      this.real = real;
    }

    @Override
    public List<String> texts(String query) throws IOException {
      List<String> found = real.texts(query);
      longest = Math.max(longest, found.size());
      return found;
    }

    @Override
    public void copyTo(Path file) throws IOException {
      real.copyTo(file);
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }
}
