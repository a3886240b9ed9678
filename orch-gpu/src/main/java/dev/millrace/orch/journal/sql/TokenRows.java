package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.ApiToken;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Transition.DropToken;
import dev.millrace.orch.journal.Transition.KeepToken;
import dev.millrace.schema.id.TenantId;
import java.sql.SQLException;
import java.util.List;

/** Tokens that an administrator gave out. Those that were revoked have no digest any more. */
final class TokenRows {
  private static final String LIVE = " FROM tokens WHERE sha256 <> ''";

  private TokenRows() {}

  static List<ApiToken> all(Session session) throws SQLException {
    return session.all(
        "SELECT tenant, id, name, role, sha256, created_at, expires_at"
            + LIVE
            + " ORDER BY created_at, id",
        row ->
            new ApiToken(
                new TenantId(row.text()),
                row.text(),
                row.text(),
                row.text(),
                row.text(),
                row.instant(),
                row.instantOrNull()));
  }

  static Commit keep(Change change, KeepToken t) throws SQLException {
    Session session = change.session();
    ApiToken token = t.token();
    if (count(session) >= t.most()) {
      session.update("DELETE FROM tokens WHERE expires_at <= ?", t.at());
    }
    if (count(session) >= t.most()) {
      return Steps.conflict("there are " + t.most() + " tokens, and no more are kept");
    }
    session.update(
        "INSERT INTO tokens (tenant, id, name, role, sha256, created_at, expires_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, id) DO NOTHING",
        token.tenant(),
        token.id(),
        token.name(),
        token.role(),
        token.sha256(),
        token.createdAt(),
        token.expiresAt());
    return change.committed();
  }

  private static long count(Session session) throws SQLException {
    return session.first("SELECT count(*)" + LIVE, Row::number).orElse(0L);
  }

  static Commit drop(Change change, DropToken t) throws SQLException {
    int dropped =
        change
            .session()
            .update(
                "UPDATE tokens SET sha256 = '' WHERE tenant = ? AND id = ? AND sha256 <> ''",
                t.tenant(),
                t.id());
    return dropped == 0 ? Steps.conflict("there is no token " + t.id()) : change.committed();
  }
}
