package dev.millrace.orch.journal.sql;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/**
 * The schema's history: numbered files, each applied once, in order, in a transaction of its own.
 * What was applied is kept with its checksum.
 */
final class Migrations {
  private static final List<String> FILES =
      List.of(
          "0001-journal.sql",
          "0002-secrets.sql",
          "0003-provider-keys.sql",
          "0004-jobs-bucket.sql",
          "0005-jobs-waiting.sql",
          "0006-retention.sql",
          "0007-jobs-turn.sql",
          "0008-notices-waiting.sql",
          "0009-notices-alias.sql",
          "0010-outbox-ledger.sql",
          "0011-tokens.sql");

  private record Applied(int number, String name, String sha256) {}

  private Migrations() {}

  /** Brings the schema up to date, or refuses one that this program does not know. */
  static void apply(Session session) throws SQLException {
    apply(session, FILES);
  }

  static void apply(Session session, List<String> files) throws SQLException {
    session.begin();
    session.execute(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY,"
            + " name TEXT NOT NULL, sha256 TEXT NOT NULL)");
    List<Applied> applied =
        session.all(
            "SELECT number, name, sha256 FROM migrations ORDER BY number",
            row -> new Applied(row.integer(), row.text(), row.text()));
    check(applied, files);
    session.commit();
    for (int number = applied.size() + 1; number <= files.size(); number++) {
      applyOne(session, number, files.get(number - 1));
    }
  }

  private static void check(List<Applied> applied, List<String> files) throws SQLException {
    for (Applied one : applied) {
      if (one.number() > files.size()) {
        throw new SQLException(
            "its schema has migration "
                + one.name()
                + ", this program knows "
                + files.size()
                + " of them: use the newer program");
      }
      String name = files.get(one.number() - 1);
      if (!one.name().equals(name) || !one.sha256().equals(checksum(text(name)))) {
        throw new SQLException(
            "its schema was made by another " + one.name() + " than this program's " + name);
      }
    }
  }

  private static void applyOne(Session session, int number, String name) throws SQLException {
    session.begin();
    boolean done =
        session
            .first("SELECT number FROM migrations WHERE number = ?", Row::number, number)
            .isPresent();
    if (!done) {
      String script = text(name);
      for (String statement : script.replaceAll("(?m)^--.*$", "").split(";\\s*\n", -1)) {
        if (!statement.isBlank()) {
          session.execute(
              statement
                  .replace("${binary}", session.dialect().binary())
                  .replace("${keyed}", session.dialect().keyed()));
        }
      }
      session.update(
          "INSERT INTO migrations (number, name, sha256) VALUES (?, ?, ?)",
          number,
          name,
          checksum(script));
    }
    session.commit();
  }

  private static String checksum(String script) {
    return Hex.of(Hex.sha256(script.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(String name) {
    try (InputStream stream = Migrations.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("migration " + name + " is missing from this program");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
