package dev.millrace.orch.journal.sql;

import dev.millrace.schema.sign.SignedBytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of an answer, read column by column from left to right. */
final class Row {
  /** Makes something of a row. */
  @FunctionalInterface
  interface Reader<T> {
    T read(Row row) throws SQLException;
  }

  private final ResultSet rows;
  private final Dialect dialect;
  private int column;

  Row(ResultSet rows, Dialect dialect) {
    this.rows = rows;
    this.dialect = dialect;
  }

  boolean next() throws SQLException {
    column = 0;
    return rows.next();
  }

  String text() throws SQLException {
    String text = textOrNull();
    if (text == null) {
      throw new SQLException("column " + column + " is empty");
    }
    return text;
  }

  @Nullable String textOrNull() throws SQLException {
    String kept = rows.getString(++column);
    return kept == null ? null : dialect.given(kept);
  }

  long number() throws SQLException {
    return rows.getLong(++column);
  }

  int integer() throws SQLException {
    return Math.toIntExact(number());
  }

  @Nullable Integer integerOrNull() throws SQLException {
    int value = integer();
    return rows.wasNull() ? null : value;
  }

  boolean flag() throws SQLException {
    return number() != 0;
  }

  <E extends Enum<E>> E one(Class<E> of) throws SQLException {
    return Enum.valueOf(of, text());
  }

  Instant instant() throws SQLException {
    return Micros.instant(number());
  }

  @Nullable Instant instantOrNull() throws SQLException {
    long micros = number();
    return rows.wasNull() ? null : Micros.instant(micros);
  }

  SignedBytes signed() throws SQLException {
    return SignedBytes.parse(text());
  }

  @Nullable SignedBytes signedOrNull() throws SQLException {
    String line = textOrNull();
    return line == null ? null : SignedBytes.parse(line);
  }
}
