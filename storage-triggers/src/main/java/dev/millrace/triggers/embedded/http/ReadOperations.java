package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.OpenObject;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** GetObject and HeadObject. */
final class ReadOperations {
  private static final int OPEN_TRIES_MAX = 100;

  private static final List<String> OVERRIDES =
      List.of(
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-type",
          "expires");

  private static final Set<String> NOT_MODIFIED =
      Set.of("cache-control", "etag", "expires", "last-modified", ObjectAnswers.GENERATION);

  private final Catalog catalog;

  ReadOperations(Catalog catalog) {
    this.catalog = catalog;
  }

  /** One version of an object, its bytes opened. */
  record Opened(StoredObject object, OpenContent content) {}

  /**
   * Finds an object and opens its bytes. An overwrite may remove files in between: then the name
   * has new ones, and they are looked up again.
   */
  static Opened open(Catalog catalog, String bucket, String key) throws IOException {
    for (int i = 0; i < OPEN_TRIES_MAX; i++) {
      Optional<OpenObject> found = catalog.objects().open(bucket, key);
      if (found.isEmpty()) {
        throw notThere(catalog, bucket, key);
      }
      try {
        return new Opened(found.get().object(), OpenContent.open(catalog.blobs(), found.get()));
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    throw new IOException("The bytes of an object are missing, generation by generation");
  }

  static StoredObject find(Catalog catalog, String bucket, String key) throws IOException {
    Optional<StoredObject> object = catalog.objects().find(bucket, key);
    if (object.isEmpty()) {
      throw notThere(catalog, bucket, key);
    }
    return object.get();
  }

  private static Refusal notThere(Catalog catalog, String bucket, String key) throws IOException {
    return catalog.buckets().find(bucket).isEmpty()
        ? ObjectAnswers.noSuchBucket(bucket)
        : ObjectAnswers.noSuchKey(key);
  }

  Answer get(S3Call call) throws IOException {
    Opened opened = open(catalog, call.bucket(), call.key());
    boolean handedOver = false;
    try {
      Answer answer = get(call, opened);
      handedOver = answer instanceof Answer.Bytes;
      return answer;
    } finally {
      if (!handedOver) {
        opened.content().close();
      }
    }
  }

  private static Answer get(S3Call call, Opened opened) {
    StoredObject object = opened.object();
    Map<String, String> headers = headers(call, object);
    if (notModified(call, object)) {
      return notModified(headers);
    }
    long size = object.content().size();
    Optional<ByteRange> range = range(call, object);
    if (range.isEmpty()) {
      return new Answer.Bytes(200, headers, opened.content(), new ByteRange(0, size));
    }
    headers.put("content-range", range.get().contentRange(size));
    return new Answer.Bytes(206, headers, opened.content(), range.get());
  }

  Answer head(S3Call call) throws IOException {
    StoredObject object = find(catalog, call.bucket(), call.key());
    Map<String, String> headers = headers(call, object);
    if (notModified(call, object)) {
      return notModified(headers);
    }
    long size = object.content().size();
    Optional<ByteRange> range = range(call, object);
    if (range.isEmpty()) {
      return new Answer.Described(200, headers, size);
    }
    headers.put("content-range", range.get().contentRange(size));
    return new Answer.Described(206, headers, range.get().length());
  }

  /** What a cache needs (RFC 9110, 15.4.5); clients take checksums for those of a body. */
  private static Answer notModified(Map<String, String> headers) {
    Map<String, String> few = new LinkedHashMap<>(headers);
    few.keySet().retainAll(NOT_MODIFIED);
    return new Answer.Empty(304, few);
  }

  private static boolean notModified(S3Call call, StoredObject object) {
    return switch (Conditions.judge(call, "", object)) {
      case GO_ON -> false;
      case NOT_MODIFIED -> true;
      case FAILED -> throw ObjectAnswers.preconditionFailed();
    };
  }

  private static Optional<ByteRange> range(S3Call call, StoredObject object) {
    if (call.query().has("partNumber")) {
      return part(call, object.content());
    }
    Optional<String> ifRange = call.head().header("if-range");
    if (ifRange.isPresent() && !Conditions.matches(ifRange.get(), object.content().etag())) {
      return Optional.empty();
    }
    return call.head()
        .header("range")
        .flatMap(text -> ByteRange.parse(text, object.content().size()));
  }

  /**
   * The bytes of one part, counted from 1 in the order of the object; an object that was uploaded
   * in one PUT has one.
   */
  private static Optional<ByteRange> part(S3Call call, Content content) {
    if (call.head().header("range").isPresent()) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST,
          "Cannot specify both Range header and partNumber query parameter");
    }
    int wanted = call.number("partNumber", 0, Integer.MAX_VALUE);
    if (wanted < 1 || wanted > content.parts().size()) {
      throw new Refusal(
          ErrorCode.INVALID_PART_NUMBER,
          "The requested partnumber is not satisfiable: the object has "
              + content.parts().size()
              + ".");
    }
    long offset = content.parts().stream().limit(wanted - 1L).mapToLong(Content.Part::size).sum();
    long length = content.parts().get(wanted - 1).size();
    return length == 0 ? Optional.empty() : Optional.of(new ByteRange(offset, length));
  }

  private static Map<String, String> headers(S3Call call, StoredObject object) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("accept-ranges", "bytes");
    headers.put("last-modified", HttpDates.header(object.modified()));
    headers.put("etag", ObjectAnswers.quoted(object.content().etag()));
    headers.put(ObjectAnswers.GENERATION, Long.toString(object.generation()));
    headers.put("content-type", "binary/octet-stream");
    headers.putAll(object.headers().values());
    if (!object.tags().isEmpty()) {
      headers.put("x-amz-tagging-count", Integer.toString(Tags.parse(object.tags()).size()));
    }
    if (call.header("x-amz-checksum-mode").orElse("").equalsIgnoreCase("ENABLED")
        && call.head().header("range").isEmpty()
        && !(call.query().has("partNumber") && object.content().partCount() > 0)) {
      object.content().checksum().ifPresent(checksum -> ObjectAnswers.put(headers, checksum));
    }
    if (call.query().has("partNumber") && object.content().partCount() > 0) {
      headers.put("x-amz-mp-parts-count", Integer.toString(object.content().partCount()));
    }
    for (String name : OVERRIDES) {
      call.query().first("response-" + name).ifPresent(value -> override(headers, name, value));
    }
    return headers;
  }

  private static void override(Map<String, String> headers, String name, String value) {
    if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "response-" + name + " must have no control characters.");
    }
    headers.put(name, value);
  }
}
