package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of the store by name. Each write commits together with its event; conditions are
 * decided inside the transaction.
 */
public final class Objects {
  /** What a commit may need beside the bytes themselves. */
  private static final long ROOM_FOR_NAMES_BYTES = 256 << 10;

  private final NameDatabase database;
  private final InstantSource clock;

  /** The objects in that database; their times are of that clock. */
  public Objects(NameDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The place and the describing parts of a write. */
  public record Target(
      String bucket, String key, ObjectHeaders headers, String tags, WriteCondition condition) {}

  /** What a copy takes from its source and what from the request. */
  public record CopyRule(boolean sourceHeaders, boolean sourceTags) {}

  /** What became of the wish to delete an object. */
  public sealed interface Removal {
    /**
     * The name is free now, or was free before.
     *
     * @param unnamed blobs that nothing names any more: to be removed by the caller
     */
    record Removed(List<BlobId> unnamed) implements Removal {
      public Removed {
        unnamed = List.copyOf(unnamed);
      }
    }

    /** There is no such bucket. */
    record NoSuchBucket() implements Removal {}

    /** The condition speaks of an object that is not there. */
    record NoSuchKey() implements Removal {}

    /** The condition does not hold. */
    record ConditionFailed() implements Removal {}
  }

  /** One wish to delete. */
  public record Deletion(String key, WriteCondition condition) {}

  /** The object under a name. */
  public Optional<StoredObject> find(String bucket, String key) throws IOException {
    byte[] name = ObjectKey.bytes(key);
    return database.read(statements -> {
      Optional<ObjectRows.Row> row = ObjectRows.find(statements, bucket, name);
      return row.isPresent()
          ? Optional.of(ObjectRows.stored(statements, bucket, name, row.get()))
          : Optional.empty();
    });
  }

  /** The object under a name, and its bytes where they lie beside the names. */
  public Optional<OpenObject> open(String bucket, String key) throws IOException {
    byte[] name = ObjectKey.bytes(key);
    return database.read(statements -> {
      Optional<ObjectRows.Row> row = ObjectRows.find(statements, bucket, name);
      return row.isPresent()
          ? Optional.of(ObjectRows.open(statements, bucket, name, row.get()))
          : Optional.empty();
    });
  }

  /** Whether the file of names has room for small bytes without growing. */
  public boolean hasRoomWithin(long bytes) throws IOException {
    return database.freeBytes() >= bytes + ROOM_FOR_NAMES_BYTES;
  }

  /** Refuses bytes for a name that would not fit its quota, before they are sent. */
  public void requireRoom(String bucket, String key, long bytes) throws IOException {
    if (database.quota().equals(Quota.NONE)) {
      return;
    }
    byte[] name = ObjectKey.bytes(key);
    database.read(statements -> {
      Quota.Used used = database.quota().used(statements, bucket);
      long replaced =
          ObjectRows.find(statements, bucket, name).map(ObjectRows.Row::size).orElse(0L);
      long more = bytes - replaced;
      Quota.Used after = new Quota.Used(used.storeBytes() + more, used.bucketBytes() + more);
      database.quota().check(used, after);
      return true;
    });
  }

  /** Puts bytes under a name; those in memory become durable with it. */
  public WriteOutcome put(Target target, NewContent fresh, EventName event) throws IOException {
    return database.write(statements -> {
      ObjectRows.NewObject object = newObject(target, event);
      Optional<ObjectRows.Row> current = ObjectRows.find(statements, target.bucket(), object.key());
      Optional<WriteOutcome> refusal = refusal(statements, target, current);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      Quota.Used before = database.quota().used(statements, target.bucket());
      Content content =
          Content.single(
              SmallBytes.place(statements, fresh.bytes()),
              fresh.size(),
              fresh.md5(),
              fresh.checksum());
      long contentId = ContentRows.insert(statements, content);
      WriteOutcome.Written written =
          ObjectRows.place(statements, object, contentId, content, current);
      database.quota().check(statements, target.bucket(), before);
      return written;
    });
  }

  /**
   * Gives the very version of the source that the caller has seen a second name.
   *
   * @return {@code NoSuchKey} when the source is no longer of that generation
   */
  public WriteOutcome copy(StoredObject source, Target target, CopyRule rule) throws IOException {
    byte[] sourceKey = ObjectKey.bytes(source.key());
    return database.write(statements -> {
      Optional<ObjectRows.Row> from = ObjectRows.find(statements, source.bucket(), sourceKey);
      if (from.isEmpty() || from.get().generation() != source.generation()) {
        return new WriteOutcome.NoSuchKey();
      }
      Target effective = effective(source, target, rule);
      ObjectRows.NewObject object = newObject(effective, EventName.CREATED_COPY);
      Optional<ObjectRows.Row> current = ObjectRows.find(statements, target.bucket(), object.key());
      Optional<WriteOutcome> refusal = refusal(statements, target, current);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      Quota.Used before = database.quota().used(statements, target.bucket());
      WriteOutcome.Written written =
          ObjectRows.place(statements, object, from.get().content(), source.content(), current);
      database.quota().check(statements, target.bucket(), before);
      return written;
    });
  }

  /** Deletes objects in one transaction; the answers are in the order of the wishes. */
  public List<Removal> delete(String bucket, List<Deletion> deletions) throws IOException {
    return database.write(statements -> {
      List<Removal> removals = new ArrayList<>();
      boolean hasBucket = ObjectRows.hasBucket(statements, bucket);
      for (Deletion deletion : deletions) {
        removals.add(hasBucket ? delete(statements, bucket, deletion) : new Removal.NoSuchBucket());
      }
      return removals;
    });
  }

  /** Replaces the tags of an object, which is no new version of it; false when it is not there. */
  public boolean setTags(String bucket, String key, String tags) throws IOException {
    return database.write(statements ->
        statements.update(
                "UPDATE objects SET tags = ? WHERE bucket = ? AND key = ?",
                tags,
                bucket,
                ObjectKey.bytes(key))
            > 0);
  }

  private Removal delete(Statements statements, String bucket, Deletion deletion)
      throws SQLException {
    byte[] key = ObjectKey.bytes(deletion.key());
    Optional<ObjectRows.Row> current = ObjectRows.find(statements, bucket, key);
    Optional<WriteOutcome> refusal = ObjectRows.refusal(deletion.condition(), current);
    if (refusal.isPresent()) {
      return refusal.get() instanceof WriteOutcome.NoSuchKey
          ? new Removal.NoSuchKey()
          : new Removal.ConditionFailed();
    }
    if (current.isEmpty()) {
      return new Removal.Removed(List.of());
    }
    statements.update("DELETE FROM objects WHERE bucket = ? AND key = ?", bucket, key);
    ObjectRows.Row row = current.get();
    EventOutbox.append(
        statements,
        new EventOutbox.NewEvent(
            EventName.REMOVED_DELETE,
            bucket,
            key,
            "",
            0,
            Optional.of(row.generation()),
            Microseconds.of(clock.instant()),
            ""));
    return new Removal.Removed(ContentRows.release(statements, row.content()));
  }

  private static Optional<WriteOutcome> refusal(
      Statements statements, Target target, Optional<ObjectRows.Row> current) throws SQLException {
    if (!ObjectRows.hasBucket(statements, target.bucket())) {
      return Optional.of(new WriteOutcome.NoSuchBucket());
    }
    return ObjectRows.refusal(target.condition(), current);
  }

  private static Target effective(StoredObject source, Target target, CopyRule rule) {
    return new Target(
        target.bucket(),
        target.key(),
        rule.sourceHeaders() ? source.headers() : target.headers(),
        rule.sourceTags() ? source.tags() : target.tags(),
        target.condition());
  }

  private ObjectRows.NewObject newObject(Target target, EventName event) {
    return new ObjectRows.NewObject(
        target.bucket(),
        ObjectKey.bytes(target.key()),
        event,
        target.headers(),
        target.tags(),
        Microseconds.of(clock.instant()));
  }
}
