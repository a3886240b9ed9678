package dev.millrace.runtime.channel;

import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.object.Written;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store that can be listed and read, two rows a page. */
final class ListingStore implements ObjectStore {
  final Map<String, String> texts = new ConcurrentSkipListMap<>();

  @Override
  public ListPage list(String bucket, String prefix, String token, int max) {
    List<String> keys =
        texts.keySet().stream()
            .filter(key -> key.startsWith(prefix) && key.compareTo(token) > 0)
            .toList();
    List<ListedObject> rows = new ArrayList<>();
    for (String key : keys.subList(0, Math.min(2, keys.size()))) {
      String text = texts.get(key);
      rows.add(
          new ListedObject(key, Integer.toString(text.hashCode()), text.length(), Instant.EPOCH));
    }
    return new ListPage(rows, keys.size() > 2 ? rows.getLast().key() : null);
  }

  @Override
  public Optional<ObjectBody> read(String bucket, String key) {
    return Optional.ofNullable(texts.get(key))
        .map(text ->
            new ObjectBody(
                new ObjectHead(
                    new ObjectName(StoreId.EMBEDDED, bucket, key),
                    new VersionTag.Generation(1),
                    "e",
                    text.length(),
                    Instant.EPOCH,
                    Map.of()),
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))));
  }

  @Override
  public URI presignUpload(String bucket, String key, UploadStep step, Duration validity) {
    throw unused();
  }

  @Override
  public FolderPage folder(String bucket, String prefix, String token, int max) {
    throw unused();
  }

  @Override
  public List<ListedBucket> buckets() {
    throw unused();
  }

  @Override
  public void abortUploads(String bucket, String prefix) {
    throw unused();
  }

  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("a source of orders needs it not");
  }

  @Override
  public StoreId id() {
    throw unused();
  }

  @Override
  public Optional<ObjectHead> head(String bucket, String key) {
    throw unused();
  }

  @Override
  public Written write(ObjectName name, InputStream body, long length, WriteOptions options) {
    throw unused();
  }

  @Override
  public boolean copy(ObjectName from, ObjectName to, WriteOptions options) {
    throw unused();
  }

  @Override
  public void delete(String bucket, String key) {
    throw unused();
  }

  @Override
  public void ensureBucket(String bucket) {
    throw unused();
  }

  @Override
  public Instant now(String bucket) {
    throw unused();
  }

  @Override
  public URI presignGet(String bucket, String key, Duration validity) {
    throw unused();
  }

  @Override
  public URI presignPut(String bucket, String key, Duration validity) {
    throw unused();
  }

  @Override
  public void close() {}
}
