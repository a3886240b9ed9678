package dev.millrace.schema.object;

import java.time.Instant;
import java.util.Map;

/**
 * What a store says of an object without its bytes.
 *
 * @param eTag without quotes
 * @param size bytes
 * @param lastModified by the store's clock, in seconds
 * @param metadata user metadata, keys in lower case without {@code x-amz-meta-}
 */
public record ObjectHead(
    ObjectName name,
    VersionTag version,
    String eTag,
    long size,
    Instant lastModified,
    Map<String, String> metadata) {
  /** Metadata key that carries how many functions an object has come through. */
  public static final String DEPTH = "millrace-depth";

  public ObjectHead {
    if (size < 0) {
      throw new IllegalArgumentException("object size is negative: " + size);
    }
    metadata = Map.copyOf(metadata);
  }
}
