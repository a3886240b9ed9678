package dev.millrace.schema.object;

import java.util.Map;

/**
 * How to write.
 *
 * @param onlyIfAbsent answer {@link Written.Taken} when the key exists (If-None-Match: *)
 * @param contentType for instance {@code application/json}
 * @param metadata user metadata, keys in lower case
 */
public record WriteOptions(boolean onlyIfAbsent, String contentType, Map<String, String> metadata) {
  /** An overwrite of unknown type without metadata. */
  public static final WriteOptions PLAIN =
      new WriteOptions(false, "application/octet-stream", Map.of());

  public WriteOptions {
    metadata = Map.copyOf(metadata);
  }
}
