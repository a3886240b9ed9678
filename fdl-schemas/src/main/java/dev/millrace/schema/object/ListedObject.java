package dev.millrace.schema.object;

import java.time.Instant;

/**
 * A row of a listing. It tells less than a HEAD: no version, and of the entity tag and time only
 * enough to know an object again.
 *
 * @param eTag without quotes
 */
public record ListedObject(String key, String eTag, long size, Instant lastModified) {
  /** What a known object is recognised by, so that it costs no HEAD. */
  public String alias() {
    return eTag + "@" + lastModified.getEpochSecond() + "#" + size;
  }
}
