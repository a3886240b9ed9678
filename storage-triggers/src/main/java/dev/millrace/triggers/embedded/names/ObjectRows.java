package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.BlobPlace;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Objects in the tables. */
final class ObjectRows {
  private ObjectRows() {}

  /** What stands under a name now. */
  record Row(
      long generation,
      long content,
      long size,
      String etag,
      long modifiedUs,
      String headers,
      String tags) {}

  /** What is to stand under a name. */
  record NewObject(
      String bucket,
      byte[] key,
      EventName event,
      ObjectHeaders headers,
      String tags,
      long modifiedUs) {}

  static Optional<Row> find(Statements statements, String bucket, byte[] key) throws SQLException {
    return statements.first(
        row ->
            new Row(
                row.getLong("generation"),
                row.getLong("content"),
                row.getLong("size"),
                row.getString("etag"),
                row.getLong("modified_us"),
                row.getString("headers"),
                row.getString("tags")),
        "SELECT * FROM objects WHERE bucket = ? AND key = ?",
        bucket,
        key);
  }

  static StoredObject stored(Statements statements, String bucket, byte[] key, Row row)
      throws SQLException {
    return new StoredObject(
        bucket,
        ObjectKey.text(key),
        row.generation(),
        Microseconds.toInstant(row.modifiedUs()),
        ContentRows.read(statements, row.content(), row.size(), row.etag()),
        ObjectHeaders.parse(row.headers()),
        row.tags());
  }

  static OpenObject open(Statements statements, String bucket, byte[] key, Row row)
      throws SQLException {
    StoredObject object = stored(statements, bucket, key, row);
    List<Content.Part> parts = object.content().parts();
    OpenObject.Bytes bytes =
        parts.size() == 1 && parts.getFirst().blob() instanceof BlobPlace.InRow place
            ? new OpenObject.Bytes.InRow(SmallBytes.read(statements, place))
            : new OpenObject.Bytes.InFiles();
    return new OpenObject(object, bytes);
  }

  static boolean hasBucket(Statements statements, String bucket) throws SQLException {
    return statements.any("SELECT 1 FROM buckets WHERE name = ?", bucket);
  }

  /** The outcome of a write whose condition does not hold; empty when it holds. */
  static Optional<WriteOutcome> refusal(WriteCondition condition, Optional<Row> current) {
    return switch (condition) {
      case WriteCondition.Anything() -> Optional.empty();
      case WriteCondition.Absent() -> current.map(row -> new WriteOutcome.ConditionFailed());
      case WriteCondition.Matches(String etag) -> {
        if (current.isEmpty()) {
          yield Optional.of(new WriteOutcome.NoSuchKey());
        }
        boolean matches = etag.equals("*") || etag.equals(current.get().etag());
        yield matches ? Optional.empty() : Optional.of(new WriteOutcome.ConditionFailed());
      }
    };
  }

  /** Puts a content under a name, with its event; whatever stood there is let go. */
  static WriteOutcome.Written place(
      Statements statements,
      NewObject object,
      long contentId,
      Content content,
      Optional<Row> previous)
      throws SQLException {
    long generation = EventOutbox.append(statements, event(object, content));
    statements.update(
        "INSERT OR REPLACE INTO objects"
            + "(bucket, key, generation, content, size, etag, modified_us, headers, tags)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        object.bucket(),
        object.key(),
        generation,
        contentId,
        content.size(),
        content.etag(),
        object.modifiedUs(),
        object.headers().text(),
        object.tags());
    List<BlobId> unnamed =
        previous.isPresent()
            ? ContentRows.release(statements, previous.get().content())
            : List.of();
    StoredObject stored =
        new StoredObject(
            object.bucket(),
            ObjectKey.text(object.key()),
            generation,
            Microseconds.toInstant(object.modifiedUs()),
            content,
            object.headers(),
            object.tags());
    return new WriteOutcome.Written(stored, unnamed);
  }

  private static EventOutbox.NewEvent event(NewObject object, Content content) {
    return new EventOutbox.NewEvent(
        object.event(),
        object.bucket(),
        object.key(),
        content.etag(),
        content.size(),
        Optional.empty(),
        object.modifiedUs(),
        object.headers().value(ObjectHeaders.META + "millrace-depth").orElse(""));
  }
}
