package dev.millrace.triggers.embedded.crash;

import dev.millrace.triggers.embedded.crash.Change.Verb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * One client that puts, overwrites, copies, deletes and completes under keys of its own, and logs
 * what it was promised. Lives on one thread at a time; {@link #moment()} is for all.
 */
final class Client {
  static final String BUCKET = "crash";
  private static final int KEYS = 8;
  private static final int MIB = 1 << 20;

  private final String name;
  private final Random random;
  private final Map<String, Version> promised = new TreeMap<>();
  private final List<Expected> events = new ArrayList<>();
  private final List<Change> completed = new ArrayList<>();
  private Optional<Change> lost = Optional.empty();
  private volatile Moment moment = Moment.IDLE;
  private long acknowledged;

  Client(String name, long seed) {
    this.name = name;
    this.random = new Random(seed);
  }

  /** Changes things until the store is gone: one life of the store. */
  void live(S3Client s3) {
    try {
      while (true) {
        change(s3);
        moment = Moment.IDLE;
      }
    } catch (SdkClientException e) {
      // The store died under it: what was underway stands in `lost`, and at which moment.
    }
  }

  private void change(S3Client s3) {
    String key = name + "/" + random.nextInt(KEYS);
    int choice = random.nextInt(100);
    if (choice < 35) {
      put(s3, key, 1 + random.nextInt(40_000));
    } else if (choice < 50) {
      put(s3, key, MIB / 4 + random.nextInt(2 * MIB));
    } else if (choice < 65) {
      copy(s3, key);
    } else if (choice < 75) {
      delete(s3, key);
    } else {
      multipart(s3, key);
    }
  }

  private void put(S3Client s3, String key, int size) {
    Body body = new Body(random.nextLong(), size);
    byte[] bytes = body.bytes();
    begin(Change.of(Verb.PUT, key).leaving(Body.sha256(bytes), size), Moment.PUT_BODY);
    acknowledged(
        s3.putObject(r -> r.bucket(BUCKET).key(key), telling(bytes, Moment.PUT_ANSWER))
            .sdkHttpResponse());
  }

  private RequestBody telling(byte[] bytes, Moment after) {
    ContentStreamProvider content = () -> Body.telling(bytes, () -> moment = after);
    return RequestBody.fromContentProvider(content, bytes.length, "application/octet-stream");
  }

  private void copy(S3Client s3, String key) {
    List<String> sources = promised.keySet().stream().filter(k -> !k.equals(key)).toList();
    if (sources.isEmpty()) {
      return;
    }
    String source = sources.get(random.nextInt(sources.size()));
    Version from = version(source);
    begin(Change.of(Verb.COPY, key).leaving(from.sha256(), from.size()), Moment.COPY);
    acknowledged(
        s3.copyObject(r ->
                r.sourceBucket(BUCKET)
                    .sourceKey(source)
                    .destinationBucket(BUCKET)
                    .destinationKey(key))
            .sdkHttpResponse());
  }

  private void delete(S3Client s3, String key) {
    begin(Change.of(Verb.DELETE, key), Moment.DELETE);
    s3.deleteObject(r -> r.bucket(BUCKET).key(key));
    Optional<Version> before = Optional.ofNullable(promised.remove(key));
    before.ifPresent(v -> events.add(removal(key, v)));
    over();
  }

  static Expected removal(String key, Version version) {
    return new Expected(Verb.DELETE.event(), key, version.generation(), 0);
  }

  private void multipart(S3Client s3, String key) {
    begin(Change.of(Verb.PART, key), Moment.OTHER);
    Change.Upload upload =
        new Change.Upload(
            s3.createMultipartUpload(r -> r.bucket(BUCKET).key(key)).uploadId(), List.of());
    byte[] whole = new byte[0];
    int parts = random.nextInt(6) == 0 ? 2 : 1;
    for (int number = 1; number <= parts; number++) {
      int size = number < parts ? 5 * MIB : 1 + random.nextInt(MIB / 2);
      byte[] part = new Body(random.nextLong(), size).bytes();
      whole = concatenated(whole, part);
      begin(Change.of(Verb.PART, key).leaving(Body.md5(part), size).on(upload), Moment.PART_BODY);
      upload = upload.with(part(s3, number, part));
    }
    begin(
        Change.of(Verb.COMPLETE, key).leaving(Body.sha256(whole), whole.length).on(upload),
        Moment.COMPLETE);
    completed.add(lost.orElseThrow());
    acknowledged(complete(s3, lost.orElseThrow()));
  }

  private String part(S3Client s3, int number, byte[] bytes) {
    Change change = lost.orElseThrow();
    return s3.uploadPart(
            r ->
                r.bucket(BUCKET)
                    .key(change.key())
                    .uploadId(change.upload().orElseThrow().id())
                    .partNumber(number),
            telling(bytes, Moment.PART_ANSWER))
        .eTag();
  }

  static SdkHttpResponse complete(S3Client s3, Change change) {
    Change.Upload upload = change.upload().orElseThrow();
    List<CompletedPart> parts = new ArrayList<>();
    for (String etag : upload.etags()) {
      parts.add(CompletedPart.builder().partNumber(parts.size() + 1).eTag(etag).build());
    }
    return s3.completeMultipartUpload(r ->
            r.bucket(BUCKET)
                .key(change.key())
                .uploadId(upload.id())
                .multipartUpload(m -> m.parts(parts)))
        .sdkHttpResponse();
  }

  private static byte[] concatenated(byte[] one, byte[] two) {
    byte[] both = Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  private void begin(Change change, Moment at) {
    lost = Optional.of(change);
    moment = at;
  }

  private void acknowledged(SdkHttpResponse answer) {
    keep(lost.orElseThrow(), generation(answer));
    over();
  }

  private void over() {
    acknowledged++;
    lost = Optional.empty();
  }

  static long generation(SdkHttpResponse answer) {
    return Long.parseLong(answer.firstMatchingHeader("x-millrace-generation").orElseThrow());
  }

  /** Counts on a write that is certain now. */
  void keep(Change change, long generation) {
    promised.put(change.key(), new Version(change.sha256(), change.size(), generation));
    events.add(new Expected(change.verb().event(), change.key(), generation, change.size()));
  }

  /** Counts on a removal that is certain now. */
  void keepRemoval(String key) {
    Optional.ofNullable(promised.remove(key)).ifPresent(v -> events.add(removal(key, v)));
  }

  /** What was underway when the store died, taken once. */
  Optional<Change> takeLost() {
    Optional<Change> taken = lost;
    lost = Optional.empty();
    moment = Moment.IDLE;
    return taken;
  }

  Moment moment() {
    return moment;
  }

  private Version version(String key) {
    return Optional.ofNullable(promised.get(key)).orElseThrow();
  }

  /** What every key must have now. */
  Map<String, Version> promised() {
    return new TreeMap<>(promised);
  }

  List<Expected> events() {
    return List.copyOf(events);
  }

  /** The last completions, all of them certain. */
  List<Change> completed() {
    return completed.subList(Math.max(0, completed.size() - 3), completed.size());
  }

  long acknowledged() {
    return acknowledged;
  }
}
