package dev.millrace.orch.rig;

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
import dev.millrace.schema.sign.Hex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store in memory that counts generations, and that can be told to fail. */
public final class MemoryStore implements ObjectStore {
  private record Kept(byte[] bytes, ObjectHead head) {}

  private final Map<String, Kept> objects = new TreeMap<>();
  private final InstantSource clock;
  private long generation;

  /** Each prefix of a bucket under which uploads were to be aborted. */
  public final List<String> aborted = new CopyOnWriteArrayList<>();

  private volatile Consumer<String> beforeHead = key -> {};
  private volatile Consumer<String> beforeList = bucket -> {};
  private volatile Predicate<String> silentHead = key -> false;
  private volatile Predicate<String> refusedHead = key -> false;
  private volatile Predicate<String> silentList = bucket -> false;
  private volatile Predicate<ObjectName> failWrite = name -> false;
  private volatile Predicate<String> failBucket = name -> false;
  private volatile Predicate<String> refuseBucket = name -> false;
  private volatile Predicate<ObjectName> failCopyTo = name -> false;
  private volatile Predicate<String> failDelete = key -> false;
  private volatile StoreException.Kind deleteFailure = StoreException.Kind.RETRY;

  /** For how long URLs to put to were given. */
  public final Set<Duration> putValidities = ConcurrentHashMap.newKeySet();

  /** How often something was to be deleted. */
  public final AtomicInteger deletions = new AtomicInteger();

  public MemoryStore(InstantSource clock) {
    this.clock = clock;
  }

  /** Looks at these keys are not answered from now on. */
  public void silenceHeads(Predicate<String> which) {
    silentHead = which;
  }

  /** Looks at these keys are denied from now on. */
  public void refuseHeads(Predicate<String> which) {
    refusedHead = which;
  }

  /** Writes to these names fail from now on. */
  public void failWrites(Predicate<ObjectName> which) {
    failWrite = which;
  }

  /** Deletions of these keys fail from now on. */
  public void failDeletes(StoreException.Kind kind, Predicate<String> which) {
    deleteFailure = kind;
    failDelete = which;
  }

  /** Has each look at a key go through this first. */
  public void beforeHeads(Consumer<String> look) {
    beforeHead = look;
  }

  /** Has each listing of a bucket go through this first. */
  public void beforeLists(Consumer<String> listing) {
    beforeList = listing;
  }

  /** Listings of these buckets end without an answer, behind what they go through first. */
  public void silenceLists(Predicate<String> which) {
    silentList = which;
  }

  /** Buckets of these names cannot be made from now on. */
  public void failBuckets(Predicate<String> which) {
    failBucket = which;
  }

  /** No bucket of these names is made from now on. */
  public void refuseBuckets(Predicate<String> which) {
    refuseBucket = which;
  }

  /** Copies to these names fail from now on. */
  public void failCopies(Predicate<ObjectName> which) {
    failCopyTo = which;
  }

  /** Puts text as a client would. */
  public ObjectHead put(String bucket, String key, String text) {
    return put(new ObjectName(id(), bucket, key), text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** The bytes at a name; empty when nothing is there. */
  public synchronized Optional<byte[]> bytes(String bucket, String key) {
    return Optional.ofNullable(objects.get(bucket + "/" + key)).map(Kept::bytes);
  }

  /** The text at a name; empty when nothing is there. */
  public synchronized Optional<String> text(String bucket, String key) {
    return Optional.ofNullable(objects.get(bucket + "/" + key))
        .map(kept -> new String(kept.bytes(), StandardCharsets.UTF_8));
  }

  /** All keys of a bucket. */
  public synchronized List<String> keys(String bucket) {
    return objects.keySet().stream()
        .filter(k -> k.startsWith(bucket + "/"))
        .map(k -> k.substring(bucket.length() + 1))
        .toList();
  }

  private synchronized ObjectHead put(ObjectName name, byte[] bytes, Map<String, String> metadata) {
    ObjectHead head =
        new ObjectHead(
            name,
            new VersionTag.Generation(++generation),
            Hex.of(Hex.sha256(bytes)).substring(0, 32),
            bytes.length,
            clock.instant().truncatedTo(ChronoUnit.SECONDS),
            metadata);
    objects.put(name.bucket() + "/" + name.key(), new Kept(bytes, head));
    return head;
  }

  @Override
  public boolean near() {
    return true;
  }

  @Override
  public StoreId id() {
    return StoreId.EMBEDDED;
  }

  @Override
  public Optional<ObjectHead> head(String bucket, String key) throws StoreException {
    beforeHead.accept(key);
    if (silentHead.test(key)) {
      throw StoreException.silent("nobody answers", new IOException("told to be silent"));
    }
    if (refusedHead.test(key)) {
      throw new StoreException(StoreException.Kind.DENIED, "access denied");
    }
    return kept(bucket, key);
  }

  private synchronized Optional<ObjectHead> kept(String bucket, String key) {
    return Optional.ofNullable(objects.get(bucket + "/" + key)).map(Kept::head);
  }

  @Override
  public synchronized Optional<ObjectBody> read(String bucket, String key) {
    return Optional.ofNullable(objects.get(bucket + "/" + key))
        .map(kept -> new ObjectBody(kept.head(), new ByteArrayInputStream(kept.bytes())));
  }

  @Override
  public Written write(ObjectName name, InputStream body, long length, WriteOptions options)
      throws StoreException {
    if (failWrite.test(name)) {
      throw new StoreException(StoreException.Kind.RETRY, "told to fail writing " + name.uri());
    }
    return put(name, body, length, options);
  }

  private synchronized Written put(
      ObjectName name, InputStream body, long length, WriteOptions options) throws StoreException {
    if (options.onlyIfAbsent() && objects.containsKey(name.bucket() + "/" + name.key())) {
      return new Written.Taken();
    }
    try {
      return new Written.Done(put(name, body.readNBytes((int) length), options.metadata()).eTag());
    } catch (IOException e) {
      throw new StoreException(StoreException.Kind.RETRY, "body", e);
    }
  }

  @Override
  public synchronized boolean copy(ObjectName from, ObjectName to, WriteOptions options)
      throws StoreException {
    if (failCopyTo.test(to)) {
      throw new StoreException(StoreException.Kind.RETRY, "told to fail copying to " + to.uri());
    }
    Kept kept = objects.get(from.bucket() + "/" + from.key());
    if (kept == null) {
      return false;
    }
    put(to, kept.bytes(), options.metadata());
    return true;
  }

  @Override
  public synchronized void delete(String bucket, String key) throws StoreException {
    if (failDelete.test(key)) {
      throw new StoreException(deleteFailure, "told to fail deleting " + key);
    }
    deletions.incrementAndGet();
    objects.remove(bucket + "/" + key);
  }

  @Override
  public ListPage list(String bucket, String prefix, String token, int max) throws StoreException {
    beforeList.accept(bucket);
    if (silentList.test(bucket)) {
      throw StoreException.silent("no answer from this store in this test", new IOException());
    }
    return page(bucket, prefix, token, max);
  }

  private synchronized ListPage page(String bucket, String prefix, String token, int max) {
    List<ListedObject> rows = new ArrayList<>();
    for (Kept kept : objects.values()) {
      ObjectHead head = kept.head();
      if (head.name().bucket().equals(bucket)
          && head.name().key().startsWith(prefix)
          && head.name().key().compareTo(token) > 0) {
        if (rows.size() == max) {
          return new ListPage(rows, rows.getLast().key());
        }
        rows.add(
            new ListedObject(head.name().key(), head.eTag(), head.size(), head.lastModified()));
      }
    }
    return new ListPage(rows, null);
  }

  @Override
  public synchronized FolderPage folder(String bucket, String prefix, String token, int max) {
    SortedMap<String, Optional<ListedObject>> rows = new TreeMap<>();
    for (Kept kept : objects.values()) {
      ObjectHead head = kept.head();
      String key = head.name().key();
      if (head.name().bucket().equals(bucket) && key.startsWith(prefix)) {
        int slash = key.indexOf('/', prefix.length());
        rows.put(
            slash < 0 ? key : key.substring(0, slash + 1),
            slash < 0
                ? Optional.of(new ListedObject(key, head.eTag(), head.size(), head.lastModified()))
                : Optional.empty());
      }
    }
    List<String> names = rows.keySet().stream().filter(n -> n.compareTo(token) > 0).toList();
    List<String> page = names.subList(0, Math.min(max, names.size()));
    return new FolderPage(
        page.stream().filter(name -> rows.get(name).isEmpty()).toList(),
        page.stream().flatMap(name -> rows.get(name).stream()).toList(),
        names.size() > max ? page.getLast() : null);
  }

  @Override
  public synchronized List<ListedBucket> buckets() {
    return objects.values().stream()
        .map(kept -> kept.head().name().bucket())
        .distinct()
        .sorted()
        .map(name -> new ListedBucket(name, Instant.EPOCH))
        .toList();
  }

  @Override
  public void ensureBucket(String bucket) throws StoreException {
    if (failBucket.test(bucket)) {
      throw new StoreException(StoreException.Kind.RETRY, "told to fail making " + bucket);
    }
    if (refuseBucket.test(bucket)) {
      throw new StoreException(StoreException.Kind.GIVE_UP, "told to refuse " + bucket);
    }
  }

  @Override
  public Instant now(String bucket) {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public URI presignGet(String bucket, String key, Duration validity) {
    return URI.create(
        "memory://get/" + bucket + "/" + Hex.of(key.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public URI presignPut(String bucket, String key, Duration validity) {
    putValidities.add(validity);
    return URI.create(
        "memory://put/" + bucket + "/" + Hex.of(key.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public URI presignUpload(String bucket, String key, UploadStep step, Duration validity) {
    return URI.create(
        "memory://"
            + step.getClass().getSimpleName()
            + "/"
            + bucket
            + "/"
            + Hex.of(key.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public void abortUploads(String bucket, String prefix) {
    aborted.add(bucket + "/" + prefix);
  }

  @Override
  public void close() {}
}
