package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.SealedSecret;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.journal.Transition.DropSecret;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Secrets of functions, sealed. */
final class SecretRows {
  private static final String SELECT =
      "SELECT tenant, name, key_id, bytes, created_at, set_at, sealed FROM secrets";

  private SecretRows() {}

  private static StoredSecret about(Row row) throws SQLException {
    return new StoredSecret(
        new TenantId(row.text()),
        new SecretName(row.text()),
        row.text(),
        row.integer(),
        row.instant(),
        row.instant());
  }

  static List<StoredSecret> all(Session session) throws SQLException {
    return session.all(
        "SELECT tenant, name, key_id, bytes, created_at, set_at FROM secrets"
            + " ORDER BY tenant, name",
        SecretRows::about);
  }

  static Optional<SealedSecret> one(Session session, TenantId tenant, SecretName name)
      throws SQLException {
    return session.first(
        SELECT + " WHERE tenant = ? AND name = ?",
        row -> new SealedSecret(about(row), row.text()),
        tenant,
        name);
  }

  static Commit keep(Change change, KeepSecret t) throws SQLException {
    StoredSecret about = t.secret().about();
    String kept =
        one(change.session(), about.tenant(), about.name()).map(SealedSecret::sealed).orElse("");
    if (!kept.equals(t.replaces())) {
      return Steps.conflict("secret " + about.name() + " was changed by another");
    }
    if (kept.isEmpty() && count(change.session(), about.tenant()) >= KeepSecret.MAX) {
      return Steps.conflict("there are " + KeepSecret.MAX + " secrets, and no more are kept");
    }
    change
        .session()
        .update(
            "INSERT INTO secrets (tenant, name, key_id, sealed, bytes, created_at, set_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, name)"
                + " DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed,"
                + " bytes = excluded.bytes, set_at = excluded.set_at",
            about.tenant(),
            about.name(),
            about.keyId(),
            t.secret().sealed(),
            about.bytes(),
            about.createdAt(),
            about.setAt());
    return change.committed();
  }

  private static long count(Session session, TenantId tenant) throws SQLException {
    return session
        .first("SELECT COUNT(*) FROM secrets WHERE tenant = ?", Row::number, tenant)
        .orElse(0L);
  }

  static Commit drop(Change change, DropSecret t) throws SQLException {
    int dropped =
        change
            .session()
            .update("DELETE FROM secrets WHERE tenant = ? AND name = ?", t.tenant(), t.name());
    return dropped == 0 ? Steps.conflict("there is no secret " + t.name()) : change.committed();
  }
}
