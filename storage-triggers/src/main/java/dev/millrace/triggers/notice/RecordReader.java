package dev.millrace.triggers.notice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Reads what tells of one object: a record of S3's shape, or EventBridge's detail. */
final class RecordReader {
  private static final String CREATED = "ObjectCreated:";
  private static final String CEPH = "ceph:s3";

  private final String source;
  private final StoreId store;
  private final KeyEncoding keys;
  private final InstantSource clock;

  RecordReader(String source, StoreId store, KeyEncoding keys, InstantSource clock) {
    this.source = source;
    this.store = store;
    this.keys = keys;
    this.clock = clock;
  }

  sealed interface OneRecord {}

  record Found(Notice notice) implements OneRecord {}

  record Passed(String reason) implements OneRecord {}

  OneRecord read(JsonNode record) {
    String event = record.path("eventName").asText("");
    String name = event.startsWith("s3:") ? event.substring("s3:".length()) : event;
    if (!name.startsWith(CREATED)) {
      return new Passed("not a new object: event '" + event + "'");
    }
    String version = record.path("eventVersion").asText("");
    if (!version.startsWith("2.")) {
      return new Passed("event version is not 2.x: '" + version + "'");
    }
    JsonNode s3 = record.path("s3");
    boolean plain = record.path("eventSource").asText("").equals(CEPH);
    return found(
        s3.path("bucket"), s3.path("object"), "versionId", plain ? KeyEncoding.PLAIN : keys);
  }

  /** What EventBridge sends: the same things under other names, the key as it is. */
  OneRecord readDetail(JsonNode event) {
    String source = event.path("source").asText("");
    String type = event.path("detail-type").asText("");
    if (!source.equals("aws.s3") || !type.equals("Object Created")) {
      return new Passed("not a new object: '" + type + "' of '" + source + "'");
    }
    JsonNode detail = event.path("detail");
    return found(detail.path("bucket"), detail.path("object"), "version-id", KeyEncoding.PLAIN);
  }

  private OneRecord found(
      JsonNode bucket, JsonNode object, String versionField, KeyEncoding encoding) {
    JsonNode key = object.path("key");
    if (!key.isTextual()) {
      return new Passed("a record without a key");
    }
    ObjectName name;
    try {
      name =
          new ObjectName(store, bucket.path("name").asText(""), encoding.decode(key.textValue()));
    } catch (IllegalArgumentException e) {
      return new Passed("not the name of an object: " + e.getMessage());
    }
    if (name.key().indexOf('\0') >= 0 || name.bucket().indexOf('\0') >= 0) {
      return new Passed("not the name of an object: it has a NUL");
    }
    if (!InputNotices.canBeInput(name.key())) {
      return new Passed("never input: " + name.uri());
    }
    return new Found(
        new Notice(source, name, version(object.path(versionField).asText("")), clock.instant()));
  }

  private static @Nullable VersionTag version(String id) {
    return id.isEmpty() || id.equals("null") ? null : new VersionTag.VersionId(id);
  }
}
