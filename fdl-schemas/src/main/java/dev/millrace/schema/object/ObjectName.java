package dev.millrace.schema.object;

import java.nio.charset.StandardCharsets;

/**
 * Where an object is. The key is a name, not a path: nothing in it is resolved or normalised.
 *
 * @param key 1 to 1,024 bytes of UTF-8
 */
public record ObjectName(StoreId store, String bucket, String key) {
  public ObjectName {
    if (bucket.isEmpty() || bucket.length() > 255) {
      throw new IllegalArgumentException(
          "bucket name must have 1 to 255 characters: '" + bucket + "'");
    }
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > 1024) {
      throw new IllegalArgumentException("object key must have 1 to 1,024 bytes, has " + bytes);
    }
  }

  /** As people write it: {@code s3://bucket/key}. */
  public String uri() {
    return "s3://" + bucket + "/" + key;
  }

  /** Another key in the same bucket. */
  public ObjectName withKey(String other) {
    return new ObjectName(store, bucket, other);
  }
}
