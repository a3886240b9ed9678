package dev.millrace.orch.journal.sql;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers that grow, drawn in memory during a batch and kept with it. A number that a failed step
 * drew is skipped.
 */
final class Numbers {
  static final String NOTICE = "notice";
  static final String ADMISSION = "admission";
  static final String STEP = "step";
  static final String TOKEN = "token";
  static final String OUTBOX = "outbox";
  static final String PUBLISHED = "published";

  private final Session session;
  private final Map<String, Long> last = new HashMap<>();

  Numbers(Session session) {
    this.session = session;
  }

  /** The first of so many numbers in a row, from 1. */
  long next(String name, long count) throws SQLException {
    Long before = last.get(name);
    if (before == null) {
      before =
          session.first("SELECT value FROM counters WHERE name = ?", Row::number, name).orElse(0L);
    }
    last.put(name, Math.addExact(before, count));
    return before + 1;
  }

  void keep() throws SQLException {
    for (Map.Entry<String, Long> entry : last.entrySet()) {
      session.update(
          "INSERT INTO counters (name, value) VALUES (?, ?)"
              + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          entry.getKey(),
          entry.getValue());
    }
  }
}
