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

  /** How often anything was deployed or removed. */
  static final String DEPLOYS = "deploys";

  /** The same of one tenant, whose name follows. */
  static final String DEPLOYS_OF = "deploys/";

  private final Session session;
  private final Map<String, Long> last = new HashMap<>();
  private final Map<String, Long> found = new HashMap<>();

  Numbers(Session session) {
    this.session = session;
  }

  /** The first of so many numbers in a row, from 1. */
  long next(String name, long count) throws SQLException {
    long before = now(name);
    last.put(name, Math.addExact(before, count));
    return before + 1;
  }

  /** The last one that was drawn, in this batch or before it; 0 when none ever was. */
  long now(String name) throws SQLException {
    Long drawn = last.getOrDefault(name, found.get(name));
    if (drawn == null) {
      drawn = read(session, name);
      found.put(name, drawn);
    }
    return drawn;
  }

  static long read(Session session, String name) throws SQLException {
    return session.first("SELECT value FROM counters WHERE name = ?", Row::number, name).orElse(0L);
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
