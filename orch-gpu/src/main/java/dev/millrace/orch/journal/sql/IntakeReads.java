package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PendingStore;
import dev.millrace.orch.journal.Sighting;
import dev.millrace.orch.journal.WaitingRow;
import dev.millrace.orch.journal.WaitingStore;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of notices, identities and aliases. */
final class IntakeReads {
  /** Keys asked for by one statement; a shorter list is filled up with its last key. */
  private static final int KEYS = 64;

  private static final String ALIASES =
      "SELECT object_key, alias FROM aliases WHERE tenant = ? AND function = ? AND store = ?"
          + " AND bucket = ? AND object_key IN ("
          + JobReads.marks(KEYS)
          + ")";

  private static final String PENDING_STORE =
      "SELECT store, id FROM notices WHERE decided_at IS NULL";

  private static final String UNDECIDED = " WHERE decided_at IS NULL AND store = ? AND tenant = ?";

  private static final String LAST = " ORDER BY store DESC, id DESC LIMIT 1";

  private static final String WAITING = "SELECT object_key, alias, received_at FROM notices";

  private static final String OF_KEYS =
      " WHERE tenant = ? AND store = ?"
          + " AND bucket = ? AND decided_at IS NULL AND alias IS NOT NULL AND object_key IN ("
          + JobReads.marks(KEYS)
          + ")";

  private IntakeReads() {}

  private static Notice notice(Row row) throws SQLException {
    return new Notice(
        row.text(), JobReads.objectName(row), version(row), row.instant(), row.textOrNull());
  }

  private static @Nullable VersionTag version(Row row) throws SQLException {
    String text = row.textOrNull();
    return text == null ? null : VersionTag.parse(text);
  }

  /** From one store to the next in the index, however many notices each has. */
  static List<PendingStore> pendingStores(Session session) throws SQLException {
    List<PendingStore> stores = new ArrayList<>();
    Optional<PendingStore> last = Optional.empty();
    do {
      last =
          last.isEmpty()
              ? session.first(PENDING_STORE + LAST, IntakeReads::pendingStore)
              : session.first(
                  PENDING_STORE + " AND store < ?" + LAST,
                  IntakeReads::pendingStore,
                  last.get().store());
      last.ifPresent(stores::add);
    } while (last.isPresent());
    return stores;
  }

  private static PendingStore pendingStore(Row row) throws SQLException {
    return new PendingStore(new StoreId(row.text()), row.number());
  }

  static List<WaitingStore> waitingStores(Session session, TenantId tenant) throws SQLException {
    List<WaitingStore> waiting = new ArrayList<>();
    for (PendingStore each : pendingStores(session)) {
      long many =
          session
              .first("SELECT COUNT(*) FROM notices" + UNDECIDED, Row::number, each.store(), tenant)
              .orElse(0L);
      session
          .first(
              "SELECT store, bucket, object_key, received_at FROM notices"
                  + UNDECIDED
                  + " ORDER BY id LIMIT 1",
              row -> new WaitingStore(each.store(), many, JobReads.objectName(row), row.instant()),
              each.store(),
              tenant)
          .ifPresent(waiting::add);
    }
    return waiting;
  }

  static List<PendingNotice> pending(Session session, StoreId store, long after, int max)
      throws SQLException {
    return session.all(
        "SELECT id, tenant, source, store, bucket, object_key, hint, received_at, alias FROM notices"
            + " WHERE decided_at IS NULL AND store = ? AND id > ? ORDER BY id LIMIT ?",
        row -> new PendingNotice(row.number(), new TenantId(row.text()), notice(row)),
        store,
        after,
        max);
  }

  static List<Sighting> sightings(Session session, TenantId tenant, ObjectName object, int max)
      throws SQLException {
    return session.all(
        "SELECT source, store, bucket, object_key, hint, received_at, alias, outcome, decided_at"
            + " FROM notices WHERE tenant = ? AND object_key = ? AND bucket = ? AND store = ?"
            + " ORDER BY id DESC LIMIT ?",
        row -> new Sighting(notice(row), row.textOrNull(), row.instantOrNull()),
        tenant,
        object.key(),
        object.bucket(),
        object.store(),
        max);
  }

  /** Aliases by key, for a function and the keys of one bucket. */
  static Map<String, String> aliases(
      Session session,
      FunctionRef function,
      StoreId store,
      String bucket,
      Collection<String> wanted)
      throws SQLException {
    record Pair(String key, String alias) {}
    List<String> keys = List.copyOf(wanted);
    Map<String, String> aliases = new HashMap<>();
    for (int from = 0; from < keys.size(); from += KEYS) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + KEYS));
      List<Object> values =
          new ArrayList<>(List.of(function.tenant(), function.name(), store, bucket));
      values.addAll(some);
      values.addAll(Collections.nCopies(KEYS - some.size(), some.getLast()));
      for (Pair pair :
          session.all(ALIASES, row -> new Pair(row.text(), row.text()), values.toArray())) {
        aliases.put(pair.key(), pair.alias());
      }
    }
    return aliases;
  }

  /** The rows of listings that wait for a decision, of the keys of one bucket. */
  static List<WaitingRow> waitingRows(
      Session session, TenantId tenant, StoreId store, String bucket, Collection<String> wanted)
      throws SQLException {
    List<String> keys = List.copyOf(wanted);
    List<WaitingRow> rows = new ArrayList<>();
    // Without it SQLite would go through all that waits in the store.
    String asked = WAITING + session.dialect().by("notices_object") + OF_KEYS;
    for (int from = 0; from < keys.size(); from += KEYS) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + KEYS));
      List<Object> values = new ArrayList<>(List.of(tenant, store, bucket));
      values.addAll(some);
      values.addAll(Collections.nCopies(KEYS - some.size(), some.getLast()));
      rows.addAll(
          session.all(
              asked,
              row -> new WaitingRow(row.text(), row.text(), row.instant()),
              values.toArray()));
    }
    return rows;
  }

  static boolean knows(Session session, FunctionRef function, ObjectName object, VersionTag version)
      throws SQLException {
    return session
        .first(
            "SELECT 1 FROM identities WHERE tenant = ? AND function = ? AND store = ?"
                + " AND bucket = ? AND object_key = ? AND version = ?",
            Row::number,
            function.tenant(),
            function.name(),
            object.store(),
            object.bucket(),
            object.key(),
            version)
        .isPresent();
  }

  static Optional<String> checkpoint(Session session, String source) throws SQLException {
    return session.first("SELECT place FROM checkpoints WHERE source = ?", Row::text, source);
  }
}
