package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Multipart uploads: begun, filled part by part, and completed into an object or aborted. */
public final class Uploads {
  private static final Duration COMPLETED_KEPT = Duration.ofDays(7);

  private final NameDatabase database;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** The uploads in that database; new ones take their ids from the supplier. */
  public Uploads(NameDatabase database, InstantSource clock, Supplier<String> ids) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
  }

  /** The checksum that an upload keeps with its parts and with the object. */
  public record ChecksumPlan(ChecksumAlgorithm algorithm, Checksum.Kind kind) {}

  /** What is to become an object when the upload is completed. */
  public record NewUpload(
      String bucket,
      String key,
      ObjectHeaders headers,
      String tags,
      Optional<ChecksumPlan> checksum) {}

  /** A pending upload. */
  public record Upload(
      String id,
      String bucket,
      String key,
      Instant initiated,
      ObjectHeaders headers,
      String tags,
      Optional<ChecksumPlan> checksum) {}

  /** One uploaded part. */
  public record StoredPart(Content.Part part, Instant modified) {}

  /** What an earlier completion answered. */
  public record Completion(
      String bucket, String key, long generation, String etag, Optional<Checksum> checksum) {}

  /** What became of a part or of an abort. */
  public sealed interface Change {
    /**
     * Done.
     *
     * @param unnamed blobs that nothing names any more: to be removed by the caller
     */
    record Done(List<BlobId> unnamed) implements Change {
      public Done {
        unnamed = List.copyOf(unnamed);
      }
    }

    /** There is no such pending upload. */
    record NoSuchUpload() implements Change {}
  }

  /** What became of a completion. */
  public sealed interface Completed {
    /** The write went this way; only {@code Written} ends the upload. */
    record Answered(WriteOutcome outcome) implements Completed {}

    /** There is no such pending upload, or its parts are no longer those that were chosen. */
    record NoSuchUpload() implements Completed {}
  }

  /** Begins an upload; empty when there is no such bucket. */
  public Optional<Upload> begin(NewUpload upload) throws IOException {
    String id = ids.get();
    Instant now = clock.instant();
    boolean begun =
        database.write(statements -> insert(statements, id, upload, Microseconds.of(now)));
    if (!begun) {
      return Optional.empty();
    }
    return Optional.of(
        new Upload(
            id,
            upload.bucket(),
            upload.key(),
            now,
            upload.headers(),
            upload.tags(),
            upload.checksum()));
  }

  private static boolean insert(Statements statements, String id, NewUpload upload, long nowUs)
      throws SQLException {
    if (!ObjectRows.hasBucket(statements, upload.bucket())) {
      return false;
    }
    statements.update(
        "INSERT INTO uploads(id, bucket, key, initiated_us, headers, tags,"
            + " checksum_algorithm, checksum_kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        upload.bucket(),
        ObjectKey.bytes(upload.key()),
        nowUs,
        upload.headers().text(),
        upload.tags(),
        upload.checksum().map(plan -> plan.algorithm().name()),
        upload.checksum().map(plan -> plan.kind().name()));
    return true;
  }

  /** The pending upload of that id under that name. */
  public Optional<Upload> find(String bucket, String key, String id) throws IOException {
    return database.read(statements -> UploadRows.find(statements, bucket, key, id));
  }

  /** Adds a part, whose blob is durable already; an earlier one of that number is let go. */
  public Change putPart(Upload upload, Content.Part part) throws IOException {
    long now = Microseconds.of(clock.instant());
    return database.write(statements -> {
      if (!UploadRows.exists(statements, upload.id())) {
        return new Change.NoSuchUpload();
      }
      Quota.Used before = database.quota().used(statements, upload.bucket());
      List<BlobId> unnamed = UploadRows.putPart(statements, upload.id(), part, now);
      database.quota().check(statements, upload.bucket(), before);
      return new Change.Done(unnamed);
    });
  }

  /** The parts of an upload with a greater number, in order, at most so many. */
  public List<StoredPart> parts(String id, int afterNumber, int max) throws IOException {
    return database.read(statements -> {
      List<StoredPart> parts = new ArrayList<>();
      String sql =
          "SELECT * FROM upload_parts WHERE upload = ? AND number > ?" + " ORDER BY number LIMIT ?";
      try (ResultSet rows = statements.rows(sql, id, afterNumber, max)) {
        while (rows.next()) {
          parts.add(
              new StoredPart(
                  ContentRows.part(rows), Microseconds.toInstant(rows.getLong("modified_us"))));
        }
      }
      return parts;
    });
  }

  /** Forgets an upload and its parts. */
  public Change abort(Upload upload) throws IOException {
    return database.write(statements ->
        UploadRows.exists(statements, upload.id())
            ? new Change.Done(UploadRows.delete(statements, upload.id()))
            : new Change.NoSuchUpload());
  }

  /** Makes an object of the chosen parts; the upload ends with it, and what it answered is kept. */
  public Completed complete(Upload upload, Content content, WriteCondition condition)
      throws IOException {
    long now = Microseconds.of(clock.instant());
    return database.write(statements -> complete(statements, upload, content, condition, now));
  }

  private static Completed complete(
      Statements statements, Upload upload, Content content, WriteCondition condition, long now)
      throws SQLException {
    if (!UploadRows.hasParts(statements, upload.id(), content.parts())) {
      return new Completed.NoSuchUpload();
    }
    if (!ObjectRows.hasBucket(statements, upload.bucket())) {
      return new Completed.Answered(new WriteOutcome.NoSuchBucket());
    }
    byte[] key = ObjectKey.bytes(upload.key());
    Optional<ObjectRows.Row> current = ObjectRows.find(statements, upload.bucket(), key);
    Optional<WriteOutcome> refusal = ObjectRows.refusal(condition, current);
    if (refusal.isPresent()) {
      return new Completed.Answered(refusal.get());
    }
    ObjectRows.NewObject object =
        new ObjectRows.NewObject(
            upload.bucket(),
            key,
            EventName.CREATED_COMPLETE_MULTIPART_UPLOAD,
            upload.headers(),
            upload.tags(),
            now);
    long contentId = ContentRows.insert(statements, content);
    WriteOutcome.Written written =
        ObjectRows.place(statements, object, contentId, content, current);
    List<BlobId> unnamed = new ArrayList<>(written.unnamed());
    unnamed.addAll(UploadRows.delete(statements, upload.id()));
    UploadRows.keepCompletion(statements, upload.id(), written.object(), now);
    UploadRows.forgetCompletionsBefore(statements, now - COMPLETED_KEPT.toMillis() * 1000);
    return new Completed.Answered(new WriteOutcome.Written(written.object(), unnamed));
  }

  /** What the completion of that upload answered, when it was completed in the last days. */
  public Optional<Completion> completion(String bucket, String key, String id) throws IOException {
    return database.read(statements ->
        statements.first(
            row ->
                new Completion(
                    bucket,
                    key,
                    row.getLong("generation"),
                    row.getString("etag"),
                    ContentRows.checksum(row, "checksum")),
            "SELECT * FROM completed_uploads WHERE id = ? AND bucket = ? AND key = ?",
            id,
            bucket,
            ObjectKey.bytes(key)));
  }

  /** The pending uploads of a bucket whose keys have the prefix, by key and id. */
  public List<Upload> pending(String bucket, String prefix) throws IOException {
    byte[] from = ObjectKey.bytes(prefix);
    return database.read(statements -> {
      List<Upload> uploads = new ArrayList<>();
      String sql =
          "SELECT * FROM uploads WHERE bucket = ? AND key >= ? AND key < ? ORDER BY key, id";
      try (ResultSet rows = statements.rows(sql, bucket, from, ObjectKey.successor(from))) {
        while (rows.next()) {
          uploads.add(UploadRows.upload(rows));
        }
      }
      return uploads;
    });
  }
}
