package dev.millrace.orch.journal.sql;

import dev.millrace.orch.backup.Databases;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteOpenMode;

/**
 * SQLite databases in WAL mode. The writer's lock keeps writers of all processes waiting; a read
 * transaction that begins meanwhile sees that state for as long as it lasts, and the online backup
 * copies what it sees (sqlite.org/isolation.html, sqlite.org/backup.html).
 */
public final class SqliteDatabases implements Databases {
  private static final int PATIENCE_MILLIS = 5_000;

  @Override
  public Held hold(Path file) throws IOException {
    Connection connection = open(file);
    try {
      execute(connection, "BEGIN IMMEDIATE");
      return new Locked(file, connection);
    } catch (SQLException e) {
      throw failed(file, connection, e);
    }
  }

  private record Locked(Path file, Connection connection) implements Held {
    @Override
    public Snapshot snapshot() throws IOException {
      Connection reader = open(file);
      try {
        execute(reader, "BEGIN");
        // A transaction sees the state of its first read.
        execute(reader, "SELECT count(*) FROM sqlite_master");
        return new Seen(file, reader);
      } catch (SQLException e) {
        throw failed(file, reader, e);
      }
    }

    @Override
    public void close() throws IOException {
      end(file, connection);
    }
  }

  private record Seen(Path file, Connection connection) implements Snapshot {
    @Override
    public List<String> texts(String query) throws IOException {
      List<String> found = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
        return found;
      } catch (SQLException e) {
        throw new IOException(file + " could not be read: " + e.getMessage(), e);
      }
    }

    @Override
    public void copyTo(Path target) throws IOException {
      try {
        int code =
            connection
                .unwrap(SQLiteConnection.class)
                .getDatabase()
                .backup("main", target.toString(), null);
        if (code != SQLiteErrorCode.SQLITE_OK.code) {
          throw new IOException(
              file
                  + " could not be copied to "
                  + target
                  + ": "
                  + SQLiteErrorCode.getErrorCode(code));
        }
      } catch (SQLException e) {
        throw new IOException(
            file + " could not be copied to " + target + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      end(file, connection);
    }
  }

  private static Connection open(Path file) throws IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(PATIENCE_MILLIS);
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    try {
      return config.createConnection("jdbc:sqlite:" + file.toUri());
    } catch (SQLException e) {
      throw new IOException("the database " + file + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void end(Path file, Connection connection) throws IOException {
    try (connection) {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      throw new IOException("the database " + file + " was not let go: " + e.getMessage(), e);
    }
  }

  private static IOException failed(Path file, Connection connection, SQLException cause) {
    try {
      connection.close();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
    return new IOException(
        "the database " + file + " cannot be used: " + cause.getMessage(), cause);
  }
}
