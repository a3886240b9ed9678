package dev.millrace.triggers.embedded.names;

import java.time.Instant;

/**
 * One version of an object, as committed.
 *
 * @param generation the number of this write; every later write of the store has a greater one
 * @param tags the tag set in the form of a URL query, empty for none
 */
public record StoredObject(
    String bucket,
    String key,
    long generation,
    Instant modified,
    Content content,
    ObjectHeaders headers,
    String tags) {}
