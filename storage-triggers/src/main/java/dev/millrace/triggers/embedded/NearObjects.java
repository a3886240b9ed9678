package dev.millrace.triggers.embedded;

import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.object.Written;
import dev.millrace.triggers.embedded.blob.DiskFull;
import dev.millrace.triggers.embedded.http.Catalog;
import dev.millrace.triggers.embedded.names.Listing;
import dev.millrace.triggers.embedded.names.ObjectHeaders;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.OpenObject;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.WriteCondition;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The store's objects for whoever is in its process: the same names, bytes, conditions, syncs and
 * events as over HTTP, without a request and its signature. What is rare, large, or needs a URL
 * goes over HTTP as before.
 */
final class NearObjects implements ObjectStore {
  private static final long NEAR_WRITE_MAX_BYTES = 16L << 20;
  private static final int TRIES_MAX = 100;
  private static final Objects.CopyRule REPLACE = new Objects.CopyRule(false, false);

  private final Catalog catalog;
  private final NearWrites writes;
  private final ObjectStore far;

  /**
   * @param far the same store over HTTP, closed with this one
   */
  NearObjects(Catalog catalog, ObjectStore far) {
    this.catalog = catalog;
    this.writes = new NearWrites(catalog);
    this.far = far;
  }

  @Override
  public StoreId id() {
    return far.id();
  }

  @Override
  public boolean near() {
    return true;
  }

  /** Something done with the store's own parts. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T sorted(String verb, String bucket, String key, Work<T> work)
      throws StoreException {
    String wish = verb + " s3://" + bucket + "/" + key + ": ";
    try {
      return work.run();
    } catch (StoreException e) {
      throw e;
    } catch (Refusal e) {
      int status = e.code().status();
      boolean passes = status >= 500 && status != 501 && status != 507;
      throw new StoreException(
          passes ? StoreException.Kind.RETRY : StoreException.Kind.GIVE_UP,
          wish + e.getMessage(),
          e);
    } catch (DiskFull e) {
      throw new StoreException(StoreException.Kind.GIVE_UP, wish + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreException(StoreException.Kind.RETRY, wish + e.getMessage(), e);
    }
  }

  private static StoreException noBucket(String bucket) {
    return new StoreException(StoreException.Kind.GIVE_UP, "The bucket does not exist: " + bucket);
  }

  @Override
  public Optional<ObjectHead> head(String bucket, String key) throws StoreException {
    return sorted("HEAD", bucket, key, () -> catalog.objects().find(bucket, key).map(this::headOf));
  }

  private ObjectHead headOf(StoredObject object) {
    Map<String, String> metadata = new HashMap<>();
    object
        .headers()
        .values()
        .forEach((name, value) -> {
          if (name.startsWith(ObjectHeaders.META)) {
            metadata.put(name.substring(ObjectHeaders.META.length()), value);
          }
        });
    return new ObjectHead(
        new ObjectName(id(), object.bucket(), object.key()),
        new VersionTag.Generation(object.generation()),
        object.content().etag(),
        object.content().size(),
        // As the header of an answer has it.
        object.modified().truncatedTo(ChronoUnit.SECONDS),
        metadata);
  }

  @Override
  public FolderPage folder(String bucket, String prefix, String token, int max)
      throws StoreException {
    return far.folder(bucket, prefix, token, max);
  }

  @Override
  public List<ListedBucket> buckets() throws StoreException {
    return far.buckets();
  }

  @Override
  public Optional<ObjectBody> read(String bucket, String key) throws StoreException {
    return sorted("GET", bucket, key, () -> opened(bucket, key));
  }

  /** An overwrite may take files away between the look and the opening: then it looks again. */
  private Optional<ObjectBody> opened(String bucket, String key) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      Optional<OpenObject> found = catalog.objects().open(bucket, key);
      if (found.isEmpty()) {
        requireBucket(bucket);
        return Optional.empty();
      }
      try {
        InputStream bytes = BlobStream.open(catalog.blobs(), found.get());
        return Optional.of(new ObjectBody(headOf(found.get().object()), bytes));
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    throw new IOException("The bytes of an object are missing, generation by generation");
  }

  private void requireBucket(String bucket) throws IOException {
    if (catalog.buckets().find(bucket).isEmpty()) {
      throw noBucket(bucket);
    }
  }

  @Override
  public Written write(ObjectName name, InputStream body, long length, WriteOptions options)
      throws StoreException {
    if (length > NEAR_WRITE_MAX_BYTES) {
      return far.write(name, body, length, options);
    }
    WriteCondition condition =
        options.onlyIfAbsent() ? new WriteCondition.Absent() : new WriteCondition.Anything();
    return sorted(
        "PUT",
        name.bucket(),
        name.key(),
        () -> {
          requireBucket(name.bucket());
          return switch (writes.write(target(name, options, condition), body, length)) {
            case WriteOutcome.Written done -> new Written.Done(done.object().content().etag());
            case WriteOutcome.ConditionFailed() -> new Written.Taken();
            case WriteOutcome.NoSuchKey() -> new Written.Taken();
            case WriteOutcome.NoSuchBucket() -> throw noBucket(name.bucket());
          };
        });
  }

  private static Objects.Target target(
      ObjectName name, WriteOptions options, WriteCondition condition) {
    SequencedMap<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", options.contentType());
    options.metadata().forEach((key, value) -> headers.put(ObjectHeaders.META + key, value));
    return new Objects.Target(name.bucket(), name.key(), new ObjectHeaders(headers), "", condition);
  }

  @Override
  public boolean copy(ObjectName from, ObjectName to, WriteOptions options) throws StoreException {
    if (options.onlyIfAbsent()) {
      return far.copy(from, to, options);
    }
    Objects.Target target = target(to, options, new WriteCondition.Anything());
    return sorted("COPY", to.bucket(), to.key(), () -> copied(from, target));
  }

  /** A source that was overwritten between the look and the commit is looked at again. */
  private boolean copied(ObjectName from, Objects.Target target) throws IOException {
    for (int i = 0; i < TRIES_MAX; i++) {
      Optional<StoredObject> source = catalog.objects().find(from.bucket(), from.key());
      if (source.isEmpty()) {
        return false;
      }
      switch (catalog.objects().copy(source.get(), target, REPLACE)) {
        case WriteOutcome.Written done -> {
          catalog.remove(done.unnamed());
          return true;
        }
        case WriteOutcome.NoSuchBucket() -> throw noBucket(target.bucket());
        case WriteOutcome.NoSuchKey(), WriteOutcome.ConditionFailed() -> {}
      }
    }
    throw new IOException("The source is overwritten again and again");
  }

  @Override
  public void delete(String bucket, String key) throws StoreException {
    Objects.Deletion deletion = new Objects.Deletion(key, new WriteCondition.Anything());
    Objects.Removal removal =
        sorted(
            "DELETE",
            bucket,
            key,
            () -> catalog.objects().delete(bucket, List.of(deletion)).getFirst());
    switch (removal) {
      case Objects.Removal.Removed removed -> catalog.remove(removed.unnamed());
      case Objects.Removal.NoSuchBucket() -> throw noBucket(bucket);
      case Objects.Removal.NoSuchKey(), Objects.Removal.ConditionFailed() -> {}
    }
  }

  @Override
  public ListPage list(String bucket, String prefix, String token, int max) throws StoreException {
    Listing.Start start =
        token.isEmpty() ? new Listing.Start.Beginning() : new Listing.Start.AfterKey(token);
    return sorted(
        "LIST",
        bucket,
        prefix,
        () -> {
          requireBucket(bucket);
          return page(catalog.listing().list(new Listing.Request(bucket, prefix, "", start, max)));
        });
  }

  private static ListPage page(Listing.Page page) {
    List<ListedObject> objects =
        page.entries().stream()
            .filter(Listing.Entry.Key.class::isInstance)
            .map(Listing.Entry.Key.class::cast)
            .map(row ->
                new ListedObject(
                    row.key(),
                    row.etag(),
                    row.size(),
                    // As the document of an answer has it.
                    row.modified().truncatedTo(ChronoUnit.MILLIS)))
            .toList();
    return new ListPage(objects, page.next().isEmpty() ? null : objects.getLast().key());
  }

  @Override
  public void ensureBucket(String bucket) throws StoreException {
    boolean there = sorted("HEAD", bucket, "", () -> catalog.buckets().find(bucket).isPresent());
    if (!there) {
      far.ensureBucket(bucket);
    }
  }

  @Override
  public Instant now(String bucket) throws StoreException {
    return far.now(bucket);
  }

  @Override
  public URI presignGet(String bucket, String key, Duration validity) {
    return far.presignGet(bucket, key, validity);
  }

  @Override
  public URI presignPut(String bucket, String key, Duration validity) {
    return far.presignPut(bucket, key, validity);
  }

  @Override
  public URI presignUpload(String bucket, String key, UploadStep step, Duration validity) {
    return far.presignUpload(bucket, key, step, validity);
  }

  @Override
  public void abortUploads(String bucket, String prefix) throws StoreException {
    far.abortUploads(bucket, prefix);
  }

  @Override
  public void close() {
    far.close();
  }
}
