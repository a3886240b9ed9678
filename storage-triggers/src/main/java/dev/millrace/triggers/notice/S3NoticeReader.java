package dev.millrace.triggers.notice;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the notice that S3 sends, in its versions 2.x, and that MinIO and Ceph copy: event names
 * come with and without {@code s3:}, unknown fields are passed over, all records count.
 */
public final class S3NoticeReader {
  private static final String CREATED = "ObjectCreated:";

  private final JsonMapper json = JsonMapper.builder().build();
  private final String source;
  private final StoreId store;
  private final KeyEncoding keys;
  private final InstantSource clock;

  /**
   * A reader for one transport.
   *
   * @param source what notices are from, for instance {@code webhook/minio}
   * @param store the store that the transport was set up for
   * @param clock the wall time of reception
   */
  public S3NoticeReader(String source, StoreId store, KeyEncoding keys, InstantSource clock) {
    this.source = source;
    this.store = store;
    this.keys = keys;
    this.clock = clock;
  }

  /** Reads one message. */
  public NoticeReading read(String message) {
    JsonNode root;
    try {
      root = json.readTree(message);
    } catch (JsonProcessingException e) {
      return new NoticeReading.Malformed("not JSON: " + e.getOriginalMessage());
    }
    if (root.path("Event").asText("").equals("s3:TestEvent")) {
      return new NoticeReading.TestEvent();
    }
    JsonNode records = root.path("Records");
    if (!records.isArray()) {
      return new NoticeReading.Malformed("no Records");
    }
    List<Notice> notices = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (JsonNode record : records) {
      switch (read(record)) {
        case Found(Notice notice) -> notices.add(notice);
        case Passed(String reason) -> ignored.add(reason);
      }
    }
    return new NoticeReading.Read(notices, ignored);
  }

  private sealed interface OneRecord {}

  private record Found(Notice notice) implements OneRecord {}

  private record Passed(String reason) implements OneRecord {}

  private OneRecord read(JsonNode record) {
    String event = record.path("eventName").asText("");
    String name = event.startsWith("s3:") ? event.substring("s3:".length()) : event;
    if (!name.startsWith(CREATED)) {
      return new Passed("not a new object: event '" + event + "'");
    }
    String version = record.path("eventVersion").asText("");
    if (!version.startsWith("2.")) {
      return new Passed("event version is not 2.x: '" + version + "'");
    }
    JsonNode object = record.path("s3").path("object");
    String bucket = record.path("s3").path("bucket").path("name").asText("");
    JsonNode key = object.path("key");
    if (!key.isTextual()) {
      return new Passed("a record without a key");
    }
    return found(bucket, key.textValue(), version(object));
  }

  private OneRecord found(String bucket, String encodedKey, @Nullable VersionTag version) {
    ObjectName object;
    try {
      object = new ObjectName(store, bucket, keys.decode(encodedKey));
    } catch (IllegalArgumentException e) {
      return new Passed("not the name of an object: " + e.getMessage());
    }
    if (!InputNotices.canBeInput(object.key())) {
      return new Passed("never input: " + object.uri());
    }
    return new Found(new Notice(source, object, version, clock.instant()));
  }

  private static @Nullable VersionTag version(JsonNode object) {
    String id = object.path("versionId").asText("");
    return id.isEmpty() || id.equals("null") ? null : new VersionTag.VersionId(id);
  }
}
