package dev.millrace.schema.object;

import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What Millrace needs of an S3-compatible store. Blocking; safe for many threads. A {@link
 * StoreException} of kind RETRY on a write means that its outcome is unknown.
 */
public interface ObjectStore extends AutoCloseable {
  /** The name it is configured under. */
  StoreId id();

  /** Whether it is in this very process: a small object then costs no request. */
  default boolean near() {
    return false;
  }

  /** What is there now, by HEAD; empty when nothing is. */
  Optional<ObjectHead> head(String bucket, String key) throws StoreException;

  /**
   * Opens what is there now for reading; the caller closes it and compares the head with the
   * version that it wants. Empty when nothing is there.
   */
  Optional<ObjectBody> read(String bucket, String key) throws StoreException;

  /**
   * Writes an object of known length; over 5 GiB in parts, none of which is held in memory.
   *
   * @param length bytes that {@code body} will give, up to {@link UploadStep#OBJECT_BYTES_MAX}
   */
  Written write(ObjectName name, InputStream body, long length, WriteOptions options)
      throws StoreException;

  /**
   * Copies within this store, server-side, replacing the metadata; over 5 GB in parts, where the
   * store does not take it as one. Idempotent.
   *
   * @return false when the source is gone
   */
  boolean copy(ObjectName from, ObjectName to, WriteOptions options) throws StoreException;

  /** Removes an object; nothing happens when it is not there. */
  void delete(String bucket, String key) throws StoreException;

  /**
   * One page of ListObjectsV2.
   *
   * @param token {@link ListPage#next()} of the page before, or the empty text for the first
   * @param max rows, 1 to 1,000
   */
  ListPage list(String bucket, String prefix, String token, int max) throws StoreException;

  /**
   * One page of ListObjectsV2 with the delimiter {@code /}: what lies directly under this prefix.
   *
   * @param token {@link FolderPage#next()} of the page before, or the empty text for the first
   * @param max rows and folders together, 1 to 1,000
   */
  FolderPage folder(String bucket, String prefix, String token, int max) throws StoreException;

  /** The buckets that the credentials own, by name. */
  List<ListedBucket> buckets() throws StoreException;

  /** Makes the bucket when it is not there. */
  void ensureBucket(String bucket) throws StoreException;

  /** The store's own wall clock, by the Date header of an answer; seconds. */
  Instant now(String bucket) throws StoreException;

  /** A URL that reads this key for so long, without credentials. */
  URI presignGet(String bucket, String key, Duration validity);

  /** A URL that writes this key for so long, without credentials. */
  URI presignPut(String bucket, String key, Duration validity);

  /** A URL for one step of an upload in parts to this key, for so long, without credentials. */
  URI presignUpload(String bucket, String key, UploadStep step, Duration validity);

  /** Aborts every upload in parts that was begun under this prefix and is not complete. */
  void abortUploads(String bucket, String prefix) throws StoreException;

  @Override
  void close();
}
