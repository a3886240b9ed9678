package dev.millrace.orch.journal.sql;

import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.sign.SignedBytes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A connection with its statements, for one thread at a time. */
final class Session implements AutoCloseable {
  private final Connection connection;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Session(Connection connection, Dialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  Dialect dialect() {
    return dialect;
  }

  void begin() throws SQLException {
    dialect.begin(this);
  }

  void commit() throws SQLException {
    dialect.commit(this);
  }

  void rollback() throws SQLException {
    dialect.rollback(this);
  }

  Connection connection() {
    return connection;
  }

  /** Runs a statement once, without keeping it. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs a statement that is run again and again. */
  void again(String sql) throws SQLException {
    bound(sql, new Object[0]).execute();
  }

  /** Changes rows and says how many. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    return bound(sql, values).executeUpdate();
  }

  /** All rows of an answer. */
  <T> List<T> all(String sql, Row.Reader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      Row row = new Row(rows, dialect);
      List<T> all = new ArrayList<>();
      while (row.next()) {
        all.add(reader.read(row));
      }
      return all;
    }
  }

  /** The first row of an answer. */
  <T> Optional<T> first(String sql, Row.Reader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (ResultSet rows = bound(sql, values).executeQuery()) {
      Row row = new Row(rows, dialect);
      return row.next() ? Optional.of(reader.read(row)) : Optional.empty();
    }
  }

  private PreparedStatement bound(String sql, @Nullable Object[] values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      bind(statement, i + 1, values[i]);
    }
    return statement;
  }

  private void bind(PreparedStatement statement, int place, @Nullable Object value)
      throws SQLException {
    switch (value) {
      case null -> statement.setNull(place, Types.NULL);
      case Long number -> statement.setLong(place, number);
      case Integer number -> statement.setLong(place, number);
      case Boolean flag -> statement.setLong(place, flag ? 1 : 0);
      case Instant instant -> statement.setLong(place, Micros.of(instant));
      case Duration duration -> statement.setLong(place, Micros.of(duration));
      case MemoryMib memory -> statement.setLong(place, memory.value());
      default -> statement.setString(place, dialect.kept(text(value)));
    }
  }

  private static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Enum<?> one -> one.name();
      case TenantId id -> id.value();
      case SecretName name -> name.value();
      case JobId id -> id.value();
      case RunId id -> id.value();
      case FunctionName name -> name.value();
      case ProviderId id -> id.value();
      case PoolId id -> id.value();
      case AcceleratorId id -> id.value();
      case StoreId id -> id.value();
      case VersionTag version -> version.text();
      case SignedBytes signed -> signed.line();
      default -> throw new IllegalArgumentException("no column keeps a " + value.getClass());
    };
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
