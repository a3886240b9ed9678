package dev.millrace.triggers.embedded.names;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The events that were committed with their objects and that nobody has acknowledged yet. For any
 * number of threads, though one reader acknowledges for all. What is acknowledged goes with the
 * next commit, whoever's it is: a store that dies before that tells of these events once more.
 */
public final class EventOutbox implements Outbox {
  private final NameDatabase database;
  private final CommitSignal commits;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong removed = new AtomicLong();

  /** The outbox of that database, which announces its commits by that signal. */
  public EventOutbox(NameDatabase database, CommitSignal commits) {
    this.database = database;
    this.commits = commits;
    database.carry(this::remove);
  }

  private boolean remove(Statements statements) throws SQLException {
    long through = acknowledged.get();
    if (removed.get() >= through) {
      return false;
    }
    statements.update("DELETE FROM events WHERE sequence <= ?", through);
    // Where the commit fails they stay, and go with the next acknowledgement or are told again.
    removed.set(through);
    return true;
  }

  @Override
  public List<StoreEvent> eventsAfter(long sequence, int max) throws IOException {
    return database.readOnce(statements -> {
      List<StoreEvent> events = new ArrayList<>();
      String sql = "SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?";
      try (ResultSet rows = statements.rows(sql, behind(sequence), max)) {
        while (rows.next()) {
          events.add(event(rows));
        }
      }
      return events;
    });
  }

  @Override
  public void acknowledge(long sequence) throws IOException {
    long last =
        database.readOnce(statements ->
            statements.first(row -> row.getLong(1), "SELECT max(sequence) FROM events").orElse(0L));
    // Never one that is yet to come.
    acknowledged.accumulateAndGet(Math.min(sequence, last), Math::max);
  }

  private long behind(long sequence) {
    return Math.max(sequence, acknowledged.get());
  }

  @Override
  public boolean awaitEvents(long afterSequence, Duration timeout)
      throws IOException, InterruptedException {
    long left = timeout.toNanos();
    while (true) {
      long seen = commits.count();
      if (hasEventsAfter(afterSequence)) {
        return true;
      }
      if (left <= 0) {
        return false;
      }
      left = commits.awaitMore(seen, left);
    }
  }

  private boolean hasEventsAfter(long sequence) throws IOException {
    return database.readOnce(statements ->
        statements.any("SELECT 1 FROM events WHERE sequence > ? LIMIT 1", behind(sequence)));
  }

  /** Appends an event within the caller's transaction and gives its sequence. */
  static long append(Statements statements, NewEvent event) throws SQLException {
    return statements
        .first(
            row -> row.getLong(1),
            "INSERT INTO events(name, bucket, key, etag, size, generation, time_us, depth)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence",
            event.name().text(),
            event.bucket(),
            event.key(),
            event.etag(),
            event.size(),
            event.removedGeneration(),
            event.timeUs(),
            event.depth())
        .orElseThrow();
  }

  /** An event before it has its sequence. */
  record NewEvent(
      EventName name,
      String bucket,
      byte[] key,
      String etag,
      long size,
      Optional<Long> removedGeneration,
      long timeUs,
      String depth) {}

  private static StoreEvent event(ResultSet row) throws SQLException {
    long sequence = row.getLong("sequence");
    long generation = row.getLong("generation");
    boolean created = row.wasNull();
    String depth = row.getString("depth");
    return new StoreEvent(
        sequence,
        EventName.parse(row.getString("name")),
        row.getString("bucket"),
        ObjectKey.text(row.getBytes("key")),
        row.getString("etag"),
        row.getLong("size"),
        created ? sequence : generation,
        Microseconds.toInstant(row.getLong("time_us")),
        depth.isEmpty() ? Optional.empty() : Optional.of(depth));
  }
}
