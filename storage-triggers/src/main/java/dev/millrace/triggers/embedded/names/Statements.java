package dev.millrace.triggers.embedded.names;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One connection with its prepared statements; used by one thread at a time. */
final class Statements {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Statements(Connection connection) {
    this.connection = connection;
  }

  /** Reads one row as a value. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * Runs a statement that gives no rows (an empty Optional is NULL), and tells how many rows it
   * changed.
   */
  int update(String sql, Object... values) throws SQLException {
    return kept(sql, bound(sql, values)::executeUpdate);
  }

  /** The first row, when there is one. */
  <T> Optional<T> first(RowReader<T> reader, String sql, Object... values) throws SQLException {
    try (ResultSet rows = rows(sql, values)) {
      return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
    }
  }

  /** Whether there is a row. */
  boolean any(String sql, Object... values) throws SQLException {
    try (ResultSet rows = rows(sql, values)) {
      return rows.next();
    }
  }

  /** Rows as they come; the caller closes them before it uses the same statement again. */
  ResultSet rows(String sql, Object... values) throws SQLException {
    return kept(sql, bound(sql, values)::executeQuery);
  }

  private interface Execution<T> {
    T run() throws SQLException;
  }

  /**
   * A statement that failed is not used again: the driver has closed it, and would refuse it for
   * ever after a disk that was full for a moment.
   */
  private <T> T kept(String sql, Execution<T> execution) throws SQLException {
    try {
      return execution.run();
    } catch (SQLException e) {
      PreparedStatement spoiled = prepared.remove(sql);
      if (spoiled != null) {
        spoiled.close();
      }
      throw e;
    }
  }

  private PreparedStatement bound(String sql, Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(
          i + 1, values[i] instanceof Optional<?> value ? value.orElse(null) : values[i]);
    }
    return statement;
  }
}
