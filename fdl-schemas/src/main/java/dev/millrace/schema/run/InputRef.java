package dev.millrace.schema.run;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import java.time.Instant;

/**
 * The very version of an object that a run reads; anything else is superseded.
 *
 * @param eTag without quotes
 * @param size bytes
 * @param lastModified seconds
 */
public record InputRef(
    ObjectName name, VersionTag version, String eTag, long size, Instant lastModified) {}
