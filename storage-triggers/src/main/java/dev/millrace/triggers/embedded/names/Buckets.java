package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import java.io.IOException;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The buckets of the store. */
public final class Buckets {
  private final NameDatabase database;
  private final InstantSource clock;

  /** The buckets in that database. */
  public Buckets(NameDatabase database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A bucket and when it was made. */
  public record Bucket(String name, Instant created) {}

  /** What became of the wish to delete a bucket. */
  public sealed interface Deletion {
    /**
     * It is gone, and its pending uploads with it.
     *
     * @param unnamed blobs that nothing names any more: to be removed by the caller
     */
    record Deleted(List<BlobId> unnamed) implements Deletion {
      public Deleted {
        unnamed = List.copyOf(unnamed);
      }
    }

    /** There are objects in it. */
    record NotEmpty() implements Deletion {}

    /** There is none of that name. */
    record NoSuchBucket() implements Deletion {}
  }

  /** What a bucket can have one document of. */
  public enum DocumentKind {
    CORS
  }

  /** Makes a bucket; false when it is there already. */
  public boolean create(String name) throws IOException {
    long now = Microseconds.of(clock.instant());
    return database.write(statements ->
        statements.update(
                "INSERT OR IGNORE INTO buckets(name, created_us) VALUES (?, ?)", name, now)
            > 0);
  }

  /** The bucket of that name. */
  public Optional<Bucket> find(String name) throws IOException {
    return database.readOnce(statements ->
        statements.first(
            Buckets::bucket, "SELECT name, created_us FROM buckets WHERE name = ?", name));
  }

  /** A document of a bucket, as it was set. */
  public Optional<String> document(String bucket, DocumentKind kind) throws IOException {
    return database.readOnce(statements ->
        statements.first(
            row -> row.getString(1),
            "SELECT document FROM bucket_documents WHERE bucket = ? AND kind = ?",
            bucket,
            kind.name()));
  }

  /** Sets a document of a bucket, or takes it away; false when there is no such bucket. */
  public boolean setDocument(String bucket, DocumentKind kind, Optional<String> document)
      throws IOException {
    return database.write(statements -> {
      if (!ObjectRows.hasBucket(statements, bucket)) {
        return false;
      }
      statements.update(
          "DELETE FROM bucket_documents WHERE bucket = ? AND kind = ?", bucket, kind.name());
      if (document.isPresent()) {
        statements.update(
            "INSERT INTO bucket_documents(bucket, kind, document) VALUES (?, ?, ?)",
            bucket,
            kind.name(),
            document);
      }
      return true;
    });
  }

  /** All buckets by name. */
  public List<Bucket> all() throws IOException {
    return database.read(statements -> {
      List<Bucket> buckets = new ArrayList<>();
      try (ResultSet rows = statements.rows("SELECT name, created_us FROM buckets ORDER BY name")) {
        while (rows.next()) {
          buckets.add(bucket(rows));
        }
      }
      return buckets;
    });
  }

  /** Deletes a bucket that has no objects. */
  public Deletion delete(String name) throws IOException {
    return database.write(statements -> {
      if (!ObjectRows.hasBucket(statements, name)) {
        return new Deletion.NoSuchBucket();
      }
      if (statements.any("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", name)) {
        return new Deletion.NotEmpty();
      }
      List<String> uploads = UploadRows.idsIn(statements, name);
      List<BlobId> unnamed = new ArrayList<>();
      for (String upload : uploads) {
        unnamed.addAll(UploadRows.delete(statements, upload));
      }
      statements.update("DELETE FROM completed_uploads WHERE bucket = ?", name);
      statements.update("DELETE FROM bucket_documents WHERE bucket = ?", name);
      statements.update("DELETE FROM bucket_usage WHERE bucket = ?", name);
      statements.update("DELETE FROM buckets WHERE name = ?", name);
      return new Deletion.Deleted(unnamed);
    });
  }

  private static Bucket bucket(ResultSet row) throws java.sql.SQLException {
    return new Bucket(row.getString("name"), Microseconds.toInstant(row.getLong("created_us")));
  }
}
