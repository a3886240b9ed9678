package dev.millrace.triggers.embedded.names;

import java.time.Instant;
import java.util.Optional;

/**
 * One committed change of one object.
 *
 * @param sequence its place in the order of all changes of this store
 * @param etag the entity tag without quotes; empty for a removal
 * @param size length in bytes, 0 for a removal
 * @param generation of the object: equal to {@code sequence} for a creation; for a removal, that of
 *     the object that was removed
 * @param depth the value of {@code x-amz-meta-millrace-depth}, as sent
 */
public record StoreEvent(
    long sequence,
    EventName name,
    String bucket,
    String key,
    String etag,
    long size,
    long generation,
    Instant time,
    Optional<String> depth) {}
