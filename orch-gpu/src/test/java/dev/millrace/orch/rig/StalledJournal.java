package dev.millrace.orch.rig;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A journal's file that can be read and not written, as on a disk that stalls: until this is
 * closed, or for the 5 s that the writer waits.
 */
public final class StalledJournal implements AutoCloseable {
  private final Connection other;

  public StalledJournal(Path file) throws SQLException {
    other = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
    }
  }

  @Override
  public void close() throws SQLException {
    other.close();
  }
}
