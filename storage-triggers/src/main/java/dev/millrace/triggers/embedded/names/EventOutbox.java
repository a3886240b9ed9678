package dev.millrace.triggers.embedded.names;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events that were committed with their objects and that nobody has acknowledged yet. For any
 * number of threads, though one reader acknowledges for all.
 */
public final class EventOutbox implements Outbox {
  private final NameDatabase database;
  private final CommitSignal commits;

  /** The outbox of that database, which announces its commits by that signal. */
  public EventOutbox(NameDatabase database, CommitSignal commits) {
    this.database = database;
    this.commits = commits;
  }

  @Override
  public List<StoreEvent> eventsAfter(long sequence, int max) throws IOException {
    return database.readOnce(statements -> {
      List<StoreEvent> events = new ArrayList<>();
      String sql = "SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?";
      try (ResultSet rows = statements.rows(sql, sequence, max)) {
        while (rows.next()) {
          events.add(event(rows));
        }
      }
      return events;
    });
  }

  @Override
  public void acknowledge(long sequence) throws IOException {
    database.write(
        statements -> statements.update("DELETE FROM events WHERE sequence <= ?", sequence));
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
    return database.readOnce(
        statements -> statements.any("SELECT 1 FROM events WHERE sequence > ? LIMIT 1", sequence));
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
