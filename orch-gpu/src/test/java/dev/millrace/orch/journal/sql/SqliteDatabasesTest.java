package dev.millrace.orch.journal.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.backup.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database at one moment, while others write. */
final class SqliteDatabasesTest {
  @TempDir private Path folder;

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int count(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM t")) {
      return rows.getInt(1);
    }
  }

  /** More pages than the backup copies in one step. */
  private Connection filled(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    run(connection, "PRAGMA journal_mode = WAL");
    run(connection, "PRAGMA busy_timeout = 100");
    run(connection, "CREATE TABLE t (x TEXT)");
    run(
        connection,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
            + " INSERT INTO t SELECT hex(randomblob(1000)) FROM n");
    return connection;
  }

  @Test
  void keepsTheMomentWhileWritersGoOn() throws Exception {
    Path file = folder.resolve("it's a \"test\".db");
    Path copy = folder.resolve("copy.db");
    try (Connection writer = filled(file)) {
      Databases.Held held = new SqliteDatabases().hold(file);
      try (Databases.Snapshot snapshot = held.snapshot()) {
        assertThatThrownBy(() -> run(writer, "INSERT INTO t VALUES ('kept waiting')"))
            .hasMessageContaining("locked");
        held.close();
        run(writer, "INSERT INTO t VALUES ('after the moment')");

        snapshot.copyTo(copy);
      }
      assertThat(count(copy)).isEqualTo(1000);
      assertThat(count(file)).isEqualTo(1001);
    }
  }

  @Test
  void makesNoDatabaseWhereThereIsNone() {
    Path file = folder.resolve("none.db");

    assertThatThrownBy(() -> new SqliteDatabases().hold(file)).isInstanceOf(IOException.class);
    assertThat(file).doesNotExist();
  }

  @Test
  void refusesWhatIsNoDatabase() throws IOException {
    Path file = Files.writeString(folder.resolve("text.db"), "text".repeat(10_000));

    assertThatThrownBy(() -> new SqliteDatabases().hold(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("text.db");
  }
}
